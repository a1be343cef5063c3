import { CandidateSet } from '../../lib/prediction/candidate-set';
import { classify, rank, settle } from '../../lib/prediction/settle';

describe('the best of some scores', () => {
  it('come first, as many as wanted', () => {
    const order = new Int32Array(8);
    const scores = Float64Array.of(1, 5, 3, 4, 2);
    expect(rank(scores, 5, 3, order)).toBe(3);
    expect([...order.subarray(0, 3)]).toEqual([1, 3, 2]);
    expect(rank(scores, 2, 3, order)).toBe(2);
    expect(rank(scores, 0, 3, order)).toBe(0);
  });

  it('are told apart by rank: the first, two, five, the rest', () => {
    const scores = Float64Array.from({ length: 10 }, (_, index) => -index);
    const classes = new Uint8Array(10);
    classify(scores, 10, new Int32Array(10), classes);
    expect([...classes]).toEqual([0, 1, 1, 2, 2, 2, 2, 2, 3, 3]);
  });

  it('have chances that never rise down the list', () => {
    const set = new CandidateSet(4, 1, 1);
    for (const [index, id] of [11, 12, 13].entries()) {
      set.add(id);
      set.scores[index] = -index;
    }
    const count = settle(set, 4, (_score, rankClass) => (rankClass === 0 ? 0.3 : 0.6));
    expect([...set.order.subarray(0, count)].map((place) => set.chances[place])).toEqual([
      0.3, 0.3, 0.3,
    ]);
  });
});
