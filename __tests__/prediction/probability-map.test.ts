import { ProbabilityMap } from '../../lib/prediction/probability-map';
import { squash } from '../../lib/prediction/logistic';

describe('a probability map', () => {
  it('changes nothing before it has learned', () => {
    const map = new ProbabilityMap(2);
    for (const logOdds of [-4, -1, 0, 2, 5]) {
      expect(map.chance(1, logOdds)).toBeCloseTo(squash(logOdds), 1);
    }
  });

  it('says how often a chance came true, in that situation', () => {
    const map = new ProbabilityMap(2);
    for (let i = 0; i < 2000; i++) map.learn(0, 1, i % 4 === 0);
    expect(map.chance(0, 1)).toBeGreaterThan(0.2);
    expect(map.chance(0, 1)).toBeLessThan(0.3);
    expect(map.chance(1, 1)).toBeCloseTo(squash(1), 1);
  });

  it('gives chances, whatever it is asked and told', () => {
    const map = new ProbabilityMap(1);
    for (let i = 0; i < 1000; i++) map.learn(0, i % 2 === 0 ? 1e6 : -1e6, i % 2 !== 0);
    for (const logOdds of [-Infinity, -1e6, 0, 1e6, Infinity]) {
      expect(map.chance(0, logOdds)).toBeGreaterThan(0);
      expect(map.chance(0, logOdds)).toBeLessThan(1);
    }
  });

  it('believes no more than it may before lessons show more', () => {
    const map = new ProbabilityMap(2, (situation) => (situation === 1 ? 0.3 : 1));
    expect(map.chance(0, 2)).toBeGreaterThan(0.8);
    expect(map.chance(1, 2)).toBeCloseTo(0.3, 5);
    expect(map.chance(1, -3)).toBeCloseTo(map.chance(0, -3), 5);
    for (let i = 0; i < 50; i++) map.learn(1, 2, true);
    expect(map.chance(1, 2)).toBeGreaterThan(0.7);
  });
});
