import type { CandidateSet } from './candidate-set';
import { absentState, evidenceOf, logOddsOf, presentState } from './count-state';
import { clockByte } from './successor-rows';
import type { SuccessorTable } from './successor-table';
import type { UrlTable } from './url-table';

/** What a context has led to becomes, or speaks on, candidates. */
export interface Source {
  readonly table: SuccessorTable;
  /** Which input of the mixer it is. */
  readonly input: number;
  /** Targets of its list that become candidates; the rest only speak on those of others. */
  readonly most: number;
  /** Targets of its list that are read at all. */
  readonly reads: number;
}

/** Presumes of all candidates that a context has not led to them. */
export function prepare(candidates: CandidateSet, { table, input }: Source, row: number): void {
  if (row !== -1) candidates.presume(input, absentState(table.totalOf(row)));
}

/** Adds what a context has led to, after {@link prepare}. */
export function consider(
  candidates: CandidateSet,
  { table, input, most, reads }: Source,
  row: number,
  urls: UrlTable,
): void {
  if (row === -1) return;
  const { ints, floats, bytes, words, seen, pairs } = table.rows;
  const { holds } = table;
  const first = row * words;
  const total = floats[first] ?? 0;
  const clock = bytes[4 * first + clockByte] ?? 0;
  const seenFrom = 4 * (first + seen);
  const listFrom = first + pairs;
  for (let at = 0; at < reads; at++) {
    const id = ints[listFrom + 2 * at] ?? 0;
    if (id === 0) return;
    let place = candidates.find(id);
    if (place === -1) {
      if (at >= most || !urls.isOfferable(id)) continue;
      place = candidates.add(id);
      if (place === -1) continue;
      if (holds) candidates.usualOrders[place] = table.orderAt(row, at);
    }
    let count = floats[listFrom + 2 * at + 1] ?? 0;
    let proven = total;
    if (holds) {
      proven -= table.heldAt(row, at);
      if (proven !== total) count *= proven / total;
    }
    const logOdds = logOddsOf(count, proven);
    const age = (clock - (bytes[seenFrom + at] ?? 0)) & 255;
    candidates.set(place, input, evidenceOf(presentState(proven, count, logOdds, age), logOdds));
  }
}
