import {
  allocateSlabs,
  bytesPerSuccessorRow,
  clearRow,
  copyRow,
  shareClients,
  type SuccessorSlabs,
} from './successor-slabs';

/** Contexts that share a place of the table. */
const ways = 8;

/** Places in a visit are kept in quarters, up to this one. */
const quarters = 4;
const lastPlace = 31;

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
 * No client teaches a context more than its share. Visits count in rounds, each client once a
 * round; a round is over when `minClients` of its clients have come again, or with the ninth.
 */
export class SuccessorTable {
  readonly width: number;
  readonly #init: SuccessorTableInit;
  readonly #bytesPerRow: number;
  #slabs: SuccessorSlabs;
  #rows = 64;
  #used = 0;

  constructor(init: SuccessorTableInit) {
    this.#init = init;
    this.width = init.width;
    this.#bytesPerRow = bytesPerSuccessorRow(init.width, init.holds);
    this.#slabs = allocateSlabs(this.#rows, this.width, this.#init.holds);
  }

  get size(): number {
    return this.#used;
  }

  get bytes(): number {
    return this.#rows * this.#bytesPerRow;
  }

  /** @returns The row of a context, or -1. Rows are good until the next {@link insert}. */
  find(key: number): number {
    const { keys } = this.#slabs;
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
    this.#slabs.keys[row] = key || 1;
    this.#used++;
    return row;
  }

  delete(key: number): void {
    const row = this.find(key);
    if (row === -1) return;
    this.#slabs.keys[row] = 0;
    clearRow(this.#slabs, row, this.width);
    this.#used--;
  }

  totalOf(row: number): number {
    return this.#slabs.totals[row] ?? 0;
  }

  /** Id of the target at a place of a row's list, 0 from the end on. */
  idAt(row: number, place: number): number {
    return this.#slabs.ids[row * this.width + place] ?? 0;
  }

  countAt(row: number, place: number): number {
    return this.#slabs.counts[row * this.width + place] ?? 0;
  }

  /** Whether a context has led to a target. */
  has(row: number, id: number): boolean {
    const { ids } = this.#slabs;
    const end = (row + 1) * this.width;
    for (let at = row * this.width; at < end; at++) if (ids[at] === id) return true;
    return false;
  }

  /** Visits of the context since the target was last used. */
  ageAt(row: number, place: number): number {
    const seen = this.#slabs.seen[row * this.width + place] ?? 0;
    return ((this.#slabs.clocks[row] ?? 0) - seen) & 255;
  }

  /** Whether a visit of this client counts. */
  admits(row: number, client: number): boolean {
    if (this.#init.minClients === 1) return true;
    const { clients, shares } = this.#slabs;
    const hash = (client ^ (client >>> 16)) & 0xffff || 1;
    const first = row * shareClients;
    const waiting = shares[row] ?? 0;
    for (let i = 0; i < shareClients; i++) {
      const other = clients[first + i] ?? 0;
      if (other === hash) return this.#comesAgain(row, first, hash, waiting | (1 << i));
      if (other === 0) {
        clients[first + i] = hash;
        return true;
      }
    }
    return this.#startRound(row, first, hash);
  }

  addVisit(row: number): void {
    const { totals, clocks } = this.#slabs;
    if ((totals[row] ?? 0) >= this.#init.maxTotal) this.#halve(row);
    totals[row] = (totals[row] ?? 0) + 1;
    clocks[row] = (clocks[row] ?? 0) + 1;
  }

  /**
   * Counts one use of a target, as far as there were visits to use it.
   *
   * @param order How many others the visit used before.
   */
  addUse(row: number, id: number, order = 0): void {
    const { ids, counts, totals, seen, clocks, orders } = this.#slabs;
    const first = row * this.width;
    const place = this.#placeFor(first, id);
    if (place === -1) return;
    const when = quarters * Math.min(order, lastPlace);
    const usual = ids[place] === id ? (orders[place] ?? 0) : when;
    orders[place] = Math.round((3 * usual + when) / 4);
    ids[place] = id;
    counts[place] = Math.min((counts[place] ?? 0) + 1, totals[row] ?? 0);
    seen[place] = clocks[row] ?? 0;
    this.#rise(first, place);
  }

  /**
   * Takes the visit just added back for one target, which was given and so proves nothing: its share
   * stays, and so does the number of visits that speak for it ({@link heldAt}).
   */
  hold(row: number, id: number): void {
    const { ids, counts, seen, totals, held } = this.#slabs;
    const first = row * this.width;
    const place = ids.subarray(first, first + this.width).indexOf(id);
    const before = (totals[row] ?? 0) - 1;
    if (place === -1 || before <= 0) return;
    const at = first + place;
    counts[at] = (counts[at] ?? 0) * (1 + 1 / before);
    seen[at] = (seen[at] ?? 0) + 1;
    held[at] = (held[at] ?? 0) + 1;
  }

  /** Visits of a context that prove something of each of its targets. */
  provenOf(row: number): number {
    const { totals, held } = this.#slabs;
    const total = totals[row] ?? 0;
    let most = 0;
    for (let at = row * this.width; at < (row + 1) * this.width; at++) {
      most = Math.max(most, held[at] ?? 0);
    }
    return total - most;
  }

  /** How many others a visit usually used before the target at a place of a row's list. */
  orderAt(row: number, place: number): number {
    return (this.#slabs.orders[row * this.width + place] ?? 0) / quarters;
  }

  /** Visits of a row's total that prove nothing of the target at a place. */
  heldAt(row: number, place: number): number {
    return this.#slabs.held[row * this.width + place] ?? 0;
  }

  /** Makes room, as far as there may be, for so many more contexts. */
  reserve(contexts: number): void {
    while ((this.#used + contexts) * 2 > this.#rows && this.#grow());
  }

  /** Adds what another table of the same width counted in a context. */
  add(key: number, total: number, uses: readonly SuccessorUse[]): void {
    const row = this.insert(key);
    const { ids, counts, totals, orders } = this.#slabs;
    const isNew = totals[row] === 0;
    totals[row] = (totals[row] ?? 0) + total;
    const first = row * this.width;
    const best = isNew ? [...uses] : this.#withUses(first, uses);
    best.sort((a, b) => b[1] - a[1] || this.#init.hashOf(a[0]) - this.#init.hashOf(b[0]));
    const end = Math.min(this.width, best.length);
    for (let i = 0; i < end; i++) {
      const [id, count, order] = best[i] ?? [0, 0, 0];
      ids[first + i] = id;
      counts[first + i] = count;
      orders[first + i] = quarters * order;
    }
    this.#slabs.held.fill(0, first, first + end);
    // Nobody knows when the other's targets were last used: neither lately nor long ago.
    this.#slabs.seen.fill((this.#slabs.clocks[row] ?? 0) - 3, first, first + end);
  }

  #withUses(first: number, uses: readonly SuccessorUse[]): SuccessorUse[] {
    const { ids, counts } = this.#slabs;
    const sums = new Map(uses.map((use) => [use[0], use]));
    for (let i = first; i < first + this.width; i++) {
      const id = ids[i] ?? 0;
      if (id === 0) continue;
      const [, count, order] = sums.get(id) ?? [id, 0, lastPlace];
      const own = this.orderAt(Math.floor(first / this.width), i - first);
      // The least of both does not depend on which was added first, as a mean would.
      sums.set(id, [id, count + (counts[i] ?? 0), Math.min(order, own)]);
    }
    return [...sums.values()];
  }

  *keysInUse(): IterableIterator<[key: number, row: number]> {
    for (const [row, key] of this.#slabs.keys.entries()) if (key !== 0) yield [key, row];
  }

  #comesAgain(row: number, first: number, hash: number, waiting: number): boolean {
    this.#slabs.shares[row] = waiting;
    let count = 0;
    for (let bits = waiting; bits !== 0; bits &= bits - 1) count++;
    const needed = Math.min(this.#init.minClients, shareClients);
    return count >= needed && this.#startRound(row, first, hash);
  }

  #startRound(row: number, first: number, hash: number): boolean {
    this.#slabs.clients.fill(0, first, first + shareClients);
    this.#slabs.shares[row] = 0;
    this.#slabs.clients[first] = hash;
    return true;
  }

  #placeFor(first: number, id: number): number {
    const { ids, counts } = this.#slabs;
    const end = first + this.width;
    for (let i = first; i < end; i++) {
      const other = ids[i] ?? 0;
      if (other === id || other === 0) return i;
    }
    const last = end - 1;
    const count = counts[last] ?? 0;
    if (count > 1 && this.#init.isLive(ids[last] ?? 0)) {
      counts[last] = count - 1;
      return -1;
    }
    counts[last] = 0;
    this.#slabs.held[last] = 0;
    return last;
  }

  /** Likelier first; of equals, the one used last. */
  #rise(first: number, from: number): void {
    const { ids, counts, seen, held, orders } = this.#slabs;
    const order = orders[from] ?? 0;
    const id = ids[from] ?? 0;
    const count = counts[from] ?? 0;
    const when = seen[from] ?? 0;
    const unproved = held[from] ?? 0;
    let place = from;
    for (; place > first && (counts[place - 1] ?? 0) <= count; place--) {
      ids[place] = ids[place - 1] ?? 0;
      counts[place] = counts[place - 1] ?? 0;
      seen[place] = seen[place - 1] ?? 0;
      held[place] = held[place - 1] ?? 0;
      orders[place] = orders[place - 1] ?? 0;
    }
    ids[place] = id;
    counts[place] = count;
    seen[place] = when;
    held[place] = unproved;
    orders[place] = order;
  }

  #halve(row: number): void {
    const { totals, counts, held } = this.#slabs;
    totals[row] = (totals[row] ?? 0) / 2;
    const first = row * this.width;
    const end = first + this.width;
    for (let i = first; i < end; i++) counts[i] = (counts[i] ?? 0) / 2;
    if (!this.#init.holds) return;
    // Visits that prove nothing make no proof older: of the visits that do, all that fit stay.
    const half = totals[row] ?? 0;
    for (let i = first; i < end; i++) held[i] = Math.max(0, (held[i] ?? 0) - half);
  }

  #firstOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 7) & (this.#rows - ways);
  }

  /** An empty row of a set; that of the context with the fewest visits if there is none. */
  #vacate(first: number): number {
    const { keys, totals } = this.#slabs;
    let victim = first;
    for (let row = first; row < first + ways; row++) {
      if (keys[row] === 0) return row;
      if ((totals[row] ?? 0) < (totals[victim] ?? 0)) victim = row;
    }
    // What fills sets with visits long past must give way at last.
    for (let row = first; row < first + ways; row++) totals[row] = (totals[row] ?? 0) * 0.97;
    clearRow(this.#slabs, victim, this.width);
    this.#used--;
    return victim;
  }

  /** Whether a set has no empty row, and not because somebody aims at it. */
  #isCrowded(first: number): boolean {
    const { keys } = this.#slabs;
    for (let row = first; row < first + ways; row++) if (keys[row] === 0) return false;
    return this.#used * 5 > this.#rows;
  }

  #grow(): boolean {
    if (this.bytes * 2 > this.#init.maxBytes) return false;
    const old = this.#slabs;
    const oldRows = this.#rows;
    this.#rows *= 2;
    this.#slabs = allocateSlabs(this.#rows, this.width, this.#init.holds);
    this.#used = 0;
    for (let row = 0; row < oldRows; row++) {
      const key = old.keys[row] ?? 0;
      if (key === 0) continue;
      copyRow(old, row, this.#slabs, this.#vacate(this.#firstOf(key)), this.width);
      this.#used++;
    }
    return true;
  }
}
