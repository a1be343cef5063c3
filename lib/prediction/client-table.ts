import { ClientRows } from './client-rows';

/** Clients that share a place of the table. */
const ways = 8;

/** Rows at first. */
const fewestRows = 64;

/**
 * Finds what the latest clients did, by hashes.
 *
 * An 8-way set-associative table of fixed rows: a new client takes the row of the one that has
 * been quiet longest among those of its set, so a flood of one client costs no other anything.
 */
export class ClientTable {
  readonly #maxBytes: number;
  #rows = new ClientRows(fewestRows);
  #used = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Good until the next {@link insert}, as are their numbers. */
  get rows(): ClientRows {
    return this.#rows;
  }

  get bytes(): number {
    return this.#rows.byteLength;
  }

  get size(): number {
    return this.#used;
  }

  /** @returns The row of a client, or -1. */
  find(client: number): number {
    const { keys } = this.#rows;
    const key = client || 1;
    const first = this.#firstOf(key);
    for (let row = first; row < first + ways; row++) if (keys[row] === key) return row;
    return -1;
  }

  /** The row of a client that views a page now. */
  insert(client: number, nowMs: number): number {
    let row = this.find(client);
    if (row === -1) {
      const key = client || 1;
      while (this.#isCrowded(this.#firstOf(key)) && this.#grow());
      row = this.#vacate(key);
      this.#rows.keys[row] = key;
      this.#used++;
    }
    this.#rows.deepen(row, nowMs);
    return row;
  }

  #firstOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 7) & (this.#rows.count - ways);
  }

  #vacate(key: number): number {
    const { keys, lastMs } = this.#rows;
    const first = this.#firstOf(key);
    let victim = first;
    for (let row = first; row < first + ways; row++) {
      if (keys[row] === 0) return row;
      if ((lastMs[row] ?? 0) < (lastMs[victim] ?? 0)) victim = row;
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
    const old = this.#rows;
    if (old.byteLength * 2 > this.#maxBytes) return false;
    this.#rows = new ClientRows(2 * old.count);
    this.#used = 0;
    for (let row = 0; row < old.count; row++) {
      const key = old.keys[row] ?? 0;
      if (key === 0) continue;
      old.copy(row, this.#rows, this.#vacate(key));
      this.#used++;
    }
    return true;
  }
}
