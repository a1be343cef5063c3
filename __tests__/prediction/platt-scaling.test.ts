import { squash } from '../../lib/prediction/logistic';
import { PlattScaling } from '../../lib/prediction/platt-scaling';

const situation = (rank: number, other: number): Uint8Array => Uint8Array.of(rank, other);

describe('Platt scaling', () => {
  it('changes nothing before it has learned', () => {
    const scaling = new PlattScaling([2, 3]);
    for (const score of [-5, -2, 0, 3]) {
      expect(scaling.logOdds(situation(1, 2), score)).toBeCloseTo(score, 10);
    }
  });

  it('knows after few lessons that all chances of a site are too high', () => {
    const scaling = new PlattScaling([1, 1]);
    for (let i = 0; i < 200; i++) scaling.learn(situation(0, 0), -1, i % 10 === 0);
    expect(squash(scaling.logOdds(situation(0, 0), -1))).toBeCloseTo(0.1, 1);
  });

  it('learns a slope, so that high and low chances are both right', () => {
    const scaling = new PlattScaling([1, 1]);
    for (let i = 0; i < 4000; i++) {
      scaling.learn(situation(0, 0), 1, i % 4 === 0);
      scaling.learn(situation(0, 0), -3, i % 20 === 0);
    }
    expect(squash(scaling.logOdds(situation(0, 0), 1))).toBeCloseTo(0.25, 1);
    expect(squash(scaling.logOdds(situation(0, 0), -3))).toBeCloseTo(0.05, 1);
  });

  it('never turns the order of two chances round', () => {
    const scaling = new PlattScaling([1, 1]);
    for (let i = 0; i < 4000; i++) {
      scaling.learn(situation(0, 0), 2, false);
      scaling.learn(situation(0, 0), -4, true);
    }
    const [low, high] = [-4, 2].map((score) => scaling.logOdds(situation(0, 0), score));
    expect(high).toBeGreaterThan(low ?? NaN);
  });
});
