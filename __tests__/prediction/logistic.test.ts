import { logOddsOf } from '../../lib/prediction/count-state';
import { squash, stretch } from '../../lib/prediction/logistic';

describe('chances read from a table', () => {
  it('are within 0.00001 of the exact ones', () => {
    for (let logOdds = -20; logOdds <= 20; logOdds += 0.0137) {
      expect(Math.abs(squash(logOdds) - 1 / (1 + Math.exp(-logOdds)))).toBeLessThan(0.00001);
    }
  });

  it('are certain at the ends', () => {
    expect(squash(Infinity)).toBeCloseTo(1, 4);
    expect(squash(-Infinity)).toBeCloseTo(0, 4);
    expect(stretch(squash(3))).toBeCloseTo(3, 3);
  });
});

describe('log odds of counts', () => {
  it('are those of the counts, with 0.4 of each outcome seen beforehand, however large', () => {
    for (const total of [1, 3, 40.5, 512, 5000]) {
      for (const count of [0, 0.5, 1, total / 2, total]) {
        const exact = Math.log((count + 0.4) / (total - count + 0.4));
        expect(Math.abs(logOddsOf(count, total) - exact)).toBeLessThan(0.1);
      }
    }
  });
});
