import type { CandidateSet } from './candidate-set';
import { absentState, evidenceOf, unknownState } from './count-state';
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

/** Presumes of all candidates that a context has not led to them, or is not known at all. */
export function prepare(candidates: CandidateSet, { table, input }: Source, row: number): void {
  candidates.presume(input, row === -1 ? unknownState : absentState(table.rows.totalOf(row)));
}

/** Adds what a context has led to, after {@link prepare}. */
export function consider(
  candidates: CandidateSet,
  { table, input, most, reads }: Source,
  row: number,
  urls: UrlTable,
): void {
  if (row === -1) return;
  const { rows } = table;
  const { ints, floats, bytes, words, seen, pairs, holds } = rows;
  const first = row * words;
  const total = rows.totalOf(row);
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
      if (holds) candidates.usualOrders[place] = rows.orderAt(row, at);
    }
    let count = floats[listFrom + 2 * at + 1] ?? 0;
    let proven = total;
    if (holds) {
      proven -= rows.heldAt(row, at);
      if (proven !== total) count *= proven / total;
    }
    const age = (clock - (bytes[seenFrom + at] ?? 0)) & 255;
    candidates.set(place, input, evidenceOf(proven, count, age));
  }
}
