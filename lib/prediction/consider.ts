import type { CandidateSet } from './candidate-set';
import { absentState, beyondClass, logOddsOf, presentState } from './count-state';
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

/** Lets new candidates start with what it means that a context has not led to them. */
export function prepare(candidates: CandidateSet, { table, input }: Source, row: number): void {
  if (row !== -1) candidates.baseStates[input] = absentState(table.totalOf(row));
}

/** Adds what a context has led to. Prepare all contexts of a question first. */
export function consider(
  candidates: CandidateSet,
  { table, input, most, reads }: Source,
  row: number,
  urls: UrlTable,
): void {
  if (row === -1) return;
  const total = table.totalOf(row);
  for (let at = 0; at < reads; at++) {
    const id = table.idAt(row, at);
    if (id === 0) return;
    let place = candidates.find(id);
    if (place === -1) {
      if (at >= most || !urls.isOfferable(id)) continue;
      place = candidates.add(id);
      if (place === -1) continue;
      candidates.usualOrders[place] = table.orderAt(row, at);
    }
    const proven = total - table.heldAt(row, at);
    const count =
      proven === total ? table.countAt(row, at) : (table.countAt(row, at) * proven) / total;
    const logOdds = logOddsOf(count, proven);
    const state = presentState(proven, count, logOdds, table.ageAt(row, at));
    candidates.set(place, input, state, beyondClass(logOdds));
  }
}
