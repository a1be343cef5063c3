import { admitsClient } from './client-rounds';
import { clockByte, SuccessorRows } from './successor-rows';

/** Contexts that share a place of the table. */
const ways = 8;

/** Places in a visit are kept in quarters, up to this one. */
const quarters = 4;
const lastPlace = 31;

/** Rows at first. */
const fewestRows = 64;

/** What another table counted of a target: its id, its uses, how many others came before it. */
export type SuccessorUse = readonly [id: number, count: number, order: number];

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
  /** Orders targets of equal counts the same way in every process. */
  readonly hashOf: (id: number) => number;
}

/**
 * What followed in each context (a page, the last two pages, a route pattern), as short lists of
 * counted targets.
 *
 * Contexts are hashes in an 8-way set-associative table as in PAQ (Mahoney, "Adaptive weighing of
 * context models for lossless data compression", 2005): a new one takes the place of the one with
 * the fewest visits in its set. Lists keep the likeliest first; what finds a list full wears down
 * its last entry and then replaces it (Misra and Gries, "Finding repeated elements", 1982). Counts
 * are halved when a context has `maxTotal` visits, as in Caffeine's `FrequencySketch`.
 *
 * No client teaches a context more than its share, see {@link admitsClient}.
 */
export class SuccessorTable {
  readonly width: number;
  readonly holds: boolean;
  readonly #init: SuccessorTableInit;
  #rows: SuccessorRows;
  #used = 0;

  constructor(init: SuccessorTableInit) {
    this.#init = init;
    this.width = init.width;
    this.holds = init.holds;
    this.#rows = new SuccessorRows(fewestRows, init.width, init.holds);
  }

  /** For whoever reads many lists. Good until the next {@link insert}. */
  get rows(): SuccessorRows {
    return this.#rows;
  }

  get size(): number {
    return this.#used;
  }

  get bytes(): number {
    return this.#rows.byteLength;
  }

  /** @returns The row of a context, or -1. Rows are good until the next {@link insert}. */
  find(key: number): number {
    const { keys } = this.#rows;
    const wanted = key || 1;
    const first = this.#firstOf(wanted);
    for (let row = first; row < first + ways; row++) if (keys[row] === wanted) return row;
    return -1;
  }

  insert(key: number): number {
    const found = this.find(key);
    if (found !== -1) return found;
    while (this.#isCrowded(this.#firstOf(key || 1)) && this.#grow());
    const row = this.#vacate(this.#firstOf(key || 1));
    this.#rows.keys[row] = key || 1;
    this.#used++;
    return row;
  }

  delete(key: number): void {
    const row = this.find(key);
    if (row === -1) return;
    this.#rows.keys[row] = 0;
    this.#rows.clear(row);
    this.#used--;
  }

  totalOf(row: number): number {
    return this.#rows.floats[row * this.#rows.words] ?? 0;
  }

  /** Visits of a context that used anything, if each uses one target. */
  usesOf(row: number): number {
    return this.#rows.floats[row * this.#rows.words + 1] ?? 0;
  }

  /** Id of the target at a place of a row's list, 0 from the end on. */
  idAt(row: number, place: number): number {
    return this.#rows.ints[this.#pairAt(row, place)] ?? 0;
  }

  countAt(row: number, place: number): number {
    return this.#rows.floats[this.#pairAt(row, place) + 1] ?? 0;
  }

  /** Whether a context has led to a target. */
  has(row: number, id: number): boolean {
    const { ints } = this.#rows;
    const first = this.#pairAt(row, 0);
    const end = first + 2 * this.width;
    for (let at = first; at < end; at += 2) {
      const other = ints[at];
      if (other === id) return true;
      if (other === 0) return false;
    }
    return false;
  }

  /** Whether a visit of this client counts. */
  admits(row: number, client: number): boolean {
    return admitsClient(this.#rows, row, client, this.#init.minClients);
  }

  addVisit(row: number): void {
    const { floats, bytes, words } = this.#rows;
    const first = row * words;
    if ((floats[first] ?? 0) >= this.#init.maxTotal) this.#halve(row);
    floats[first] = (floats[first] ?? 0) + 1;
    bytes[4 * first + clockByte] = (bytes[4 * first + clockByte] ?? 0) + 1;
  }

  /**
   * Counts one use of a target, as far as there were visits to use it.
   *
   * @param order How many others the visit used before.
   */
  addUse(row: number, id: number, order = 0): void {
    const { ints, floats, bytes, words, seen, pairs, orders } = this.#rows;
    const first = row * words;
    floats[first + 1] = Math.min((floats[first + 1] ?? 0) + 1, floats[first] ?? 0);
    const place = this.#placeFor(row, id);
    if (place === -1) return;
    const pair = first + pairs + 2 * place;
    if (this.holds) {
      const when = quarters * Math.min(order, lastPlace);
      const at = 4 * (first + orders) + place;
      const usual = ints[pair] === id ? (bytes[at] ?? 0) : when;
      bytes[at] = Math.round((3 * usual + when) / 4);
    }
    ints[pair] = id;
    const count = (floats[pair + 1] ?? 0) + 1;
    floats[pair + 1] = Math.min(count, floats[first] ?? 0);
    bytes[4 * (first + seen) + place] = bytes[4 * first + clockByte] ?? 0;
    this.#rise(row, place);
  }

  /**
   * Takes the visit just added back for one target, which was given and so proves nothing: its share
   * stays, and so does the number of visits that speak for it ({@link heldAt}).
   */
  hold(row: number, id: number): void {
    const { ints, floats, bytes, words, seen, pairs, held } = this.#rows;
    const first = row * words;
    const before = (floats[first] ?? 0) - 1;
    if (before <= 0) return;
    for (let place = 0; place < this.width; place++) {
      const pair = first + pairs + 2 * place;
      if (ints[pair] !== id) continue;
      const at = 4 * (first + seen) + place;
      floats[pair + 1] = (floats[pair + 1] ?? 0) * (1 + 1 / before);
      bytes[at] = (bytes[at] ?? 0) + 1;
      floats[first + held + place] = (floats[first + held + place] ?? 0) + 1;
    }
  }

  /** Visits of a context that prove something of each of its targets. */
  provenOf(row: number): number {
    let most = 0;
    for (let place = 0; place < this.width; place++) most = Math.max(most, this.heldAt(row, place));
    return this.totalOf(row) - most;
  }

  /** How many others a visit usually used before the target at a place of a row's list. */
  orderAt(row: number, place: number): number {
    const { bytes, words, orders } = this.#rows;
    return this.holds ? (bytes[4 * (row * words + orders) + place] ?? 0) / quarters : 0;
  }

  /** Visits of a row's total that prove nothing of the target at a place. */
  heldAt(row: number, place: number): number {
    const { floats, words, held } = this.#rows;
    return this.holds ? (floats[row * words + held + place] ?? 0) : 0;
  }

  /** Makes room, as far as there may be, for so many more contexts. */
  reserve(contexts: number): void {
    while ((this.#used + contexts) * 2 > this.#rows.count && this.#grow());
  }

  /** Adds what another table of the same width counted in a context. */
  add(key: number, total: number, uses: readonly SuccessorUse[]): void {
    const row = this.insert(key);
    const { ints, floats, bytes, words, seen, pairs, held, orders } = this.#rows;
    const first = row * words;
    const isNew = floats[first] === 0;
    floats[first] = (floats[first] ?? 0) + total;
    const used = uses.reduce((sum, [, count]) => sum + count, floats[first + 1] ?? 0);
    floats[first + 1] = Math.min(used, floats[first]);
    const best = isNew ? [...uses] : withUses(this, row, uses);
    best.sort((a, b) => b[1] - a[1] || this.#init.hashOf(a[0]) - this.#init.hashOf(b[0]));
    const end = Math.min(this.width, best.length);
    for (let i = 0; i < end; i++) {
      const [id, count, order] = best[i] ?? [0, 0, 0];
      ints[first + pairs + 2 * i] = id;
      floats[first + pairs + 2 * i + 1] = count;
      if (this.holds) bytes[4 * (first + orders) + i] = quarters * order;
    }
    if (this.holds) floats.fill(0, first + held, first + held + end);
    // Nobody knows when the other's targets were last used: neither lately nor long ago.
    const longAgo = (bytes[4 * first + clockByte] ?? 0) - 3;
    bytes.fill(longAgo, 4 * (first + seen), 4 * (first + seen) + end);
  }

  *keysInUse(): IterableIterator<[key: number, row: number]> {
    for (const [row, key] of this.#rows.keys.entries()) if (key !== 0) yield [key, row];
  }

  /** Where in a list a target is counted; -1 if it only wore down the last entry. */
  #placeFor(row: number, id: number): number {
    const { ints, floats, words, held } = this.#rows;
    const first = this.#pairAt(row, 0);
    for (let place = 0; place < this.width; place++) {
      const other = ints[first + 2 * place] ?? 0;
      if (other === id || other === 0) return place;
    }
    const last = this.width - 1;
    const pair = first + 2 * last;
    const count = floats[pair + 1] ?? 0;
    if (count > 1 && this.#init.isLive(ints[pair] ?? 0)) {
      floats[pair + 1] = count - 1;
      return -1;
    }
    floats[pair + 1] = 0;
    if (this.holds) floats[row * words + held + last] = 0;
    return last;
  }

  /** Likelier first; of equals, the one used last. */
  #rise(row: number, from: number): void {
    const { floats, pairs, words } = this.#rows;
    const first = row * words + pairs;
    const count = floats[first + 2 * from + 1] ?? 0;
    let place = from;
    while (place > 0 && (floats[first + 2 * place - 1] ?? 0) <= count) {
      this.#rows.swap(row, place - 1);
      place--;
    }
  }

  #halve(row: number): void {
    const { floats, words, pairs, held } = this.#rows;
    const first = row * words;
    const half = (floats[first] ?? 0) / 2;
    floats[first] = half;
    floats[first + 1] = (floats[first + 1] ?? 0) / 2;
    for (let place = 0; place < this.width; place++) {
      const count = first + pairs + 2 * place + 1;
      floats[count] = (floats[count] ?? 0) / 2;
      if (!this.holds) continue;
      // Visits that prove nothing make no proof older: of the visits that do, all that fit stay.
      const unproved = first + held + place;
      floats[unproved] = Math.max(0, (floats[unproved] ?? 0) - half);
    }
  }

  #pairAt(row: number, place: number): number {
    return row * this.#rows.words + this.#rows.pairs + 2 * place;
  }

  #firstOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 7) & (this.#rows.count - ways);
  }

  /** An empty row of a set; that of the context with the fewest visits if there is none. */
  #vacate(first: number): number {
    const { keys, floats, words } = this.#rows;
    let victim = first;
    for (let row = first; row < first + ways; row++) {
      if (keys[row] === 0) return row;
      if ((floats[row * words] ?? 0) < (floats[victim * words] ?? 0)) victim = row;
    }
    // What fills sets with visits long past must give way at last.
    for (let at = first * words; at < (first + ways) * words; at += words) {
      floats[at] = (floats[at] ?? 0) * 0.97;
    }
    this.#rows.clear(victim);
    this.#used--;
    return victim;
  }

  /** Whether a set has no empty row, and not because somebody aims at it. */
  #isCrowded(first: number): boolean {
    const { keys } = this.#rows;
    for (let row = first; row < first + ways; row++) if (keys[row] === 0) return false;
    return this.#used * 5 > this.#rows.count;
  }

  #grow(): boolean {
    if (this.bytes * 2 > this.#init.maxBytes) return false;
    const old = this.#rows;
    this.#rows = new SuccessorRows(2 * old.count, this.width, this.holds);
    this.#used = 0;
    for (let row = 0; row < old.count; row++) {
      const key = old.keys[row] ?? 0;
      if (key === 0) continue;
      old.copy(row, this.#rows, this.#vacate(this.#firstOf(key)));
      this.#used++;
    }
    return true;
  }
}

/** What a row counted and what is added, by target. */
function withUses(
  table: SuccessorTable,
  row: number,
  uses: readonly SuccessorUse[],
): SuccessorUse[] {
  const sums = new Map(uses.map((use) => [use[0], use]));
  for (let place = 0; place < table.width; place++) {
    const id = table.idAt(row, place);
    if (id === 0) continue;
    const [, count, order] = sums.get(id) ?? [id, 0, lastPlace];
    // The least of both does not depend on which was added first, as a mean would.
    const earlier = Math.min(order, table.orderAt(row, place));
    sums.set(id, [id, count + table.countAt(row, place), earlier]);
  }
  return [...sums.values()];
}
