import type { Digest } from './slot-table';

/** Where a key was found last. */
export interface KeyPlace extends Digest {
  readonly slot: number;
}

/** About 150 kB with the keys. */
const maxPlaces = 1024;

/** Longer keys are not worth their memory. */
const maxKeyLength = 64;

/** One in so many keys that were not here comes in: those that come often soon do, a flood hardly. */
const missesPerPlace = 16;

/**
 * Remembers the digests and slots of keys that come often. V8 keeps the hash of a string with the
 * string, so a key is found here in a fraction of the time that hashing it anew takes. A place is a
 * hint: whoever uses it must look whether the slot is still the key's.
 */
export class HotKeys {
  readonly #places = new Map<string, KeyPlace>();
  #misses = 0;

  get size(): number {
    return this.#places.size;
  }

  find(key: string): KeyPlace | undefined {
    return this.#places.get(key);
  }

  /** Tells of a key that was not here, or is elsewhere now. */
  offer(key: string, { low, high }: Digest, slot: number): void {
    this.#misses += 1;
    if (this.#misses < missesPerPlace || key.length > maxKeyLength) return;
    this.#misses = 0;
    if (this.#places.size >= maxPlaces) this.#places.clear();
    // A copy, because a part of a string keeps the whole alive. Keys beyond Latin-1 are rare.
    const copy = Buffer.from(key, 'latin1').toString('latin1');
    if (copy === key) this.#places.set(copy, { low, high, slot });
  }
}
