interface Entry<V> {
  readonly value: V;
  /** Uses since the entry came, capped, and halved each time the hand passes. */
  credit: number;
}

/** An entry nobody uses any more outlives log2 of this many passes of the hand: five. */
const maxCredit = 32;

/** Entries looked at for one eviction at most, so that no single insertion is slow. */
const maxInspected = 32;

/**
 * A map that never holds more than `maxEntries` and lets go of what is used least.
 *
 * Generalised CLOCK (Smith, "Sequentiality and prefetching in database systems", ACM TODS 1978),
 * with the insertion order of `Map` as the clock face: the hand takes the first entry, evicts it
 * when its credit is 1 and otherwise halves the credit and moves it to the back. Age counts in
 * evictions, so a table that is not under pressure forgets nothing, and entries that came once
 * leave before entries that came often.
 */
export class BoundedMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #maxEntries: number;

  /**
   * Kept from eviction to eviction: whatever it has passed was deleted or moved to the back. A new
   * iterator would have to skip the holes V8 leaves where entries were deleted.
   */
  #hand = this.#entries.entries();
  #evictions = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#maxEntries;
  }

  /** Entries evicted so far. */
  get evictions(): number {
    return this.#evictions;
  }

  /** The value of a key. Does not count as a use. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** The value of a key, made and stored if there is none; counts as a use. */
  use(key: string, make: () => V): V {
    const found = this.#entries.get(key);
    if (found !== undefined) {
      if (found.credit < maxCredit) found.credit++;
      return found.value;
    }
    if (this.isFull) this.#evict();
    const value = make();
    this.#entries.set(key, { value, credit: 1 });
    return value;
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  *values(): IterableIterator<V> {
    for (const entry of this.#entries.values()) yield entry.value;
  }

  #evict(): void {
    let victim: string | undefined;
    let least = Infinity;
    for (let inspected = 0; inspected < maxInspected && least > 1; inspected++) {
      const [key, entry] = this.#advance();
      if (entry.credit < least) {
        least = entry.credit;
        victim = key;
      }
      entry.credit = Math.max(1, entry.credit / 2);
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    if (victim !== undefined) this.#entries.delete(victim);
    this.#evictions++;
  }

  /** The entry the hand comes to. */
  #advance(): [string, Entry<V>] {
    const { value, done } = this.#hand.next();
    if (done !== true) return value;
    this.#hand = this.#entries.entries();
    return this.#advance();
  }
}
