import type { Digest, SlotTable } from './slot-table';

/** About 200 kB with the keys. */
const maxPlaces = 2048;

/** Longer keys are not worth their memory. */
const maxKeyLength = 64;

/** One in so many keys that were not here comes in: those that come often soon do, a flood hardly. */
const missesPerPlace = 16;

/** After so many searches it is asked whether they pay: one that fails costs half of what a hit saves. */
const trial = 4096;

/** For so many it is not searched where fewer than a third of a trial was found. */
const rest = 131_072;

/**
 * Remembers the slots of keys that come often. V8 keeps the hash of a string with the string, so a key
 * is found here in a fraction of the time that hashing it anew takes. The digest of each key is kept
 * beside, to see whether the slot is still the key's. Where more keys come in turn than have room it
 * would only cost, and rests.
 */
export class HotKeys {
  readonly #table: SlotTable;
  readonly #places = new Map<string, number>();
  /** By place; the oldest leaves first. */
  readonly #keys: string[] = [];
  readonly #slots = new Int32Array(maxPlaces);
  readonly #lows = new Int32Array(maxPlaces);
  readonly #highs = new Int32Array(maxPlaces);
  #next = 0;
  #misses = 0;
  #searches = 0;
  #found = 0;
  #resting = 0;

  constructor(table: SlotTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#places.size;
  }

  /** The slot of a key, or -1 when it is not known here. */
  find(key: string): number {
    if (this.#resting > 0) {
      this.#resting -= 1;
      return -1;
    }
    this.#searches += 1;
    if (this.#searches === trial) this.#judge();
    const place = this.#places.get(key);
    if (place === undefined) return -1;
    this.#found += 1;
    const slot = this.#slots[place] ?? 0;
    return this.#table.holds(slot, this.#lows[place] ?? 0, this.#highs[place] ?? 0) ? slot : -1;
  }

  /** Tells of a key that was not found here. */
  offer(key: string, digest: Digest, slot: number): void {
    this.#misses += 1;
    if (this.#misses < missesPerPlace || this.#resting > 0 || key.length > maxKeyLength) return;
    this.#misses = 0;
    // A copy, because a part of a string keeps the whole alive. Keys beyond Latin-1 are rare.
    const copy = Buffer.from(key, 'latin1').toString('latin1');
    if (copy !== key) return;
    const place = this.#places.get(copy) ?? this.#takePlace(copy);
    this.#slots[place] = slot;
    this.#lows[place] = digest.low;
    this.#highs[place] = digest.high;
  }

  #takePlace(key: string): number {
    const place = this.#next;
    this.#next = (place + 1) % maxPlaces;
    const oldest = this.#keys[place];
    if (oldest !== undefined) this.#places.delete(oldest);
    this.#keys[place] = key;
    this.#places.set(key, place);
    return place;
  }

  #judge(): void {
    if (this.#places.size === maxPlaces && this.#found < trial / 3) {
      this.#resting = rest;
      this.#places.clear();
      this.#keys.length = 0;
      this.#next = 0;
    }
    this.#searches = 0;
    this.#found = 0;
  }
}
