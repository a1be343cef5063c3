import type { CandidateSet } from './candidate-set';

/** Ranks that are calibrated apart: what looks best is overrated most. */
export const rankClasses = 4;

/** Class of a rank, from 0: the first, the next two, the next five, the rest. */
export function rankClass(rank: number): number {
  return rank === 0 ? 0 : rank < 3 ? 1 : rank < 8 ? 2 : 3;
}

/** Ranks that have classes of their own. */
const classedRanks = 8;

/**
 * Puts the places of the best `limit` scores into `order`, best first, by insertion.
 *
 * @returns How many there are.
 */
export function rank(
  scores: ArrayLike<number>,
  size: number,
  limit: number,
  order: Int32Array,
): number {
  let count = 0;
  for (let place = 0; place < size; place++) {
    const score = scores[place] ?? 0;
    if (count === limit && score <= (scores[order[count - 1] ?? 0] ?? 0)) continue;
    let at = count < limit ? count++ : count - 1;
    for (; at > 0 && (scores[order[at - 1] ?? 0] ?? 0) < score; at--) {
      order[at] = order[at - 1] ?? 0;
    }
    order[at] = place;
  }
  return count;
}

/** Writes the rank class of each score. */
export function classify(
  scores: ArrayLike<number>,
  size: number,
  order: Int32Array,
  classes: Uint8Array,
): void {
  classes.fill(rankClasses - 1, 0, size);
  const count = rank(scores, size, classedRanks, order);
  for (let at = 0; at < count; at++) classes[order[at] ?? 0] = rankClass(at);
}

/**
 * Orders the best candidates, and gives them their chances, which never rise down the list.
 *
 * @returns How many are in order.
 */
export function settle(
  candidates: CandidateSet,
  limit: number,
  chanceOf: (score: number, rankClass: number, place: number) => number,
): number {
  const { scores, chances, order } = candidates;
  const count = rank(scores, candidates.size, Math.min(limit, candidates.capacity), order);
  let least = 1;
  for (let at = 0; at < count; at++) {
    const place = order[at] ?? 0;
    const chance = chanceOf(scores[place] ?? 0, rankClass(at), place);
    if (chance < least) least = chance;
    chances[place] = least;
  }
  return count;
}
