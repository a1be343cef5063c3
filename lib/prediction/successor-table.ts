import { admitsClient } from './client-rounds';
import { ContextIndex } from './context-index';
import { clockByte, headOf, quarters, type SuccessorRows } from './successor-rows';

/** Places in a visit are told apart up to this one. */
const lastPlace = 31;

export interface SuccessorTableInit {
  /** Targets kept of each context. */
  readonly width: number;
  readonly maxBytes: number;
  /** Visits of a context at which its counts are halved. */
  readonly maxTotal: number;
  /** Clients that must come again to end a round of a context's share. */
  readonly minClients: number;
  /** Whether visits are {@link SuccessorTable.hold held}. */
  readonly holds: boolean;
  readonly isLive: (id: number) => boolean;
}

/**
 * What followed in each context (a page, the last two pages, a route pattern), as short lists of
 * counted targets.
 *
 * Lists keep the likeliest first; what finds a list full wears down its last entry and then replaces
 * it (Misra and Gries, "Finding repeated elements", 1982). Counts are halved when a context has
 * `maxTotal` visits, as in Caffeine's `FrequencySketch`. Contexts with few visits give way first
 * ({@link ContextIndex}); no client teaches one more than its share ({@link admitsClient}).
 */
export class SuccessorTable {
  readonly #init: SuccessorTableInit;
  readonly #index: ContextIndex;

  constructor(init: SuccessorTableInit) {
    this.#init = init;
    this.#index = new ContextIndex(init.width, init.holds, init.maxBytes);
  }

  /** What was counted. Good until the next {@link insert}. */
  get rows(): SuccessorRows {
    return this.#index.rows;
  }

  get size(): number {
    return this.#index.size;
  }

  get bytes(): number {
    return this.rows.byteLength;
  }

  /** @returns The row of a context, or -1. Rows are good until the next {@link insert}. */
  find(key: number): number {
    return this.#index.find(key);
  }

  insert(key: number): number {
    return this.#index.insert(key);
  }

  delete(key: number): void {
    this.#index.delete(key);
  }

  /** Makes room, as far as there may be, for so many more contexts. */
  reserve(contexts: number): void {
    this.#index.reserve(contexts);
  }

  keysInUse(): IterableIterator<[key: number, row: number]> {
    return this.#index.keysInUse();
  }

  /** Whether a visit of this client counts. */
  admits(row: number, client: number): boolean {
    return admitsClient(this.rows, row, client, this.#init.minClients);
  }

  addVisit(row: number): void {
    const { totals, bytes, words } = this.rows;
    const head = headOf(row);
    if ((totals[head] ?? 0) >= this.#init.maxTotal) this.#halve(row);
    totals[head] = (totals[head] ?? 0) + 1;
    const clock = 4 * row * words + clockByte;
    bytes[clock] = (bytes[clock] ?? 0) + 1;
  }

  /**
   * Counts one use of a target, as far as there were visits to use it.
   *
   * @param order How many others the visit used before.
   * @returns Whether the context had led to it before.
   */
  addUse(row: number, id: number, order = 0): boolean {
    const { ints, floats, bytes, words, seen, pairs, holds, orders } = this.rows;
    const first = row * words;
    const total = this.rows.totalOf(row);
    floats[first] = Math.min((floats[first] ?? 0) + 1, total);
    const place = this.#placeFor(row, id);
    if (place === -1) return false;
    const pair = first + pairs + 2 * place;
    const isKnown = ints[pair] === id;
    if (holds) {
      const when = quarters * Math.min(order, lastPlace);
      const at = 4 * (first + orders) + place;
      const usual = isKnown ? (bytes[at] ?? 0) : when;
      bytes[at] = Math.round((3 * usual + when) / 4);
    }
    ints[pair] = id;
    floats[pair + 1] = Math.min((floats[pair + 1] ?? 0) + 1, total);
    bytes[4 * (first + seen) + place] = bytes[4 * first + clockByte] ?? 0;
    this.#rise(row, place);
    return isKnown;
  }

  /**
   * Takes the visit just added back for one target, which was given and so proves nothing: its share
   * stays, and so does the number of visits that speak for it ({@link SuccessorRows.heldAt}).
   */
  hold(row: number, id: number): void {
    const { floats, bytes, words, seen, pairs, held } = this.rows;
    const before = this.rows.totalOf(row) - 1;
    const place = this.rows.placeOf(row, id);
    if (before <= 0 || place === -1) return;
    const first = row * words;
    const count = first + pairs + 2 * place + 1;
    const at = 4 * (first + seen) + place;
    floats[count] = (floats[count] ?? 0) * (1 + 1 / before);
    bytes[at] = (bytes[at] ?? 0) + 1;
    floats[first + held + place] = (floats[first + held + place] ?? 0) + 1;
  }

  /** Where in a list a target is counted; -1 if it only wore down the last entry. */
  #placeFor(row: number, id: number): number {
    const { ints, floats, words, width, pairs, held, holds } = this.rows;
    const first = row * words + pairs;
    for (let place = 0; place < width; place++) {
      const other = ints[first + 2 * place] ?? 0;
      if (other === id || other === 0) return place;
    }
    const last = width - 1;
    const pair = first + 2 * last;
    const count = floats[pair + 1] ?? 0;
    if (count > 1 && this.#init.isLive(ints[pair] ?? 0)) {
      floats[pair + 1] = count - 1;
      return -1;
    }
    floats[pair + 1] = 0;
    if (holds) floats[row * words + held + last] = 0;
    return last;
  }

  /** Likelier first; of equals, the one used last. */
  #rise(row: number, from: number): void {
    const { floats, pairs, words } = this.rows;
    const first = row * words + pairs;
    const count = floats[first + 2 * from + 1] ?? 0;
    let place = from;
    while (place > 0 && (floats[first + 2 * place - 1] ?? 0) <= count) {
      this.rows.swap(row, place - 1);
      place--;
    }
  }

  #halve(row: number): void {
    const { floats, totals, words, width, pairs, held, holds } = this.rows;
    const first = row * words;
    const half = this.rows.totalOf(row) / 2;
    totals[headOf(row)] = half;
    floats[first] = (floats[first] ?? 0) / 2;
    for (let place = 0; place < width; place++) {
      const count = first + pairs + 2 * place + 1;
      floats[count] = (floats[count] ?? 0) / 2;
      if (!holds) continue;
      // Visits that prove nothing make no proof older: of the visits that do, all that fit stay.
      const unproved = first + held + place;
      floats[unproved] = Math.max(0, (floats[unproved] ?? 0) - half);
    }
  }
}
