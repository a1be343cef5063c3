/** The tags of one set, low and high halves, fill one cache line of 64 bytes. */
const ways = 8;

/** Slots for each key that is promised room: sets are never equally full. */
const slotsPerKey = 1.125;

/** The two halves of a key's hash. */
export interface Digest {
  readonly low: number;
  readonly high: number;
}

/** Who owns what the slots hold. */
export interface SlotOwner {
  /** The time from which the slot holds nothing worth keeping. */
  freeAtMs(slot: number, nowMs: number): number;
}

/**
 * Finds the slot of a key by the 64 bits of its hash, in fixed memory. Every key has two sets of
 * eight slots, one named by each half, and may lie in either; a new one goes where more is free (Azar et
 * al., "Balanced allocations", 1994). Where all are taken it gets the slot that would be
 * free the soonest.
 *
 * Layout: for each set the low halves of eight tags, then the high halves. A low half of 0 is an
 * empty slot.
 */
export class SlotTable {
  readonly slots: number;
  readonly #tags: Int32Array;
  readonly #setsPerHash: number;
  /** What the last survey found. */
  #soonest = 0;
  #soonestMs = 0;

  /** @param keys Held at once; of so many, one in 200 finds both of its sets full. */
  constructor(keys: number) {
    const sets = Math.ceil((keys * slotsPerKey) / ways);
    this.slots = sets * ways;
    this.#tags = new Int32Array(this.slots * 2);
    this.#setsPerHash = sets / 2 ** 32;
  }

  get bytes(): number {
    return this.#tags.byteLength;
  }

  /** The slot of a key, or -1. */
  find(digest: Digest): number {
    const low = digest.low === 0 ? 1 : digest.low;
    const { high } = digest;
    const slot = this.#findIn(this.#setOf(low), low, high);
    return slot < 0 ? this.#findIn(this.#setOf(high), low, high) : slot;
  }

  /** The slot that a key should take which has none. It may belong to another one still. */
  choose(digest: Digest, owner: SlotOwner, nowMs: number): number {
    const low = digest.low === 0 ? 1 : digest.low;
    const free = this.#survey(this.#setOf(low), owner, nowMs);
    const soonest = this.#soonest;
    const soonestMs = this.#soonestMs;
    const freeInSecond = this.#survey(this.#setOf(digest.high), owner, nowMs);
    const isSecondBetter = freeInSecond > free || (free === 0 && this.#soonestMs < soonestMs);
    return isSecondBetter ? this.#soonest : soonest;
  }

  /** Gives a slot to a key. */
  assign(slot: number, digest: Digest): void {
    const at = tagOf(slot);
    this.#tags[at] = digest.low === 0 ? 1 : digest.low;
    this.#tags[at + ways] = digest.high;
  }

  /** The key a slot belongs to; `undefined` for none. */
  keyAt(slot: number): Digest | undefined {
    const at = tagOf(slot);
    const low = this.#tags[at] ?? 0;
    return low === 0 ? undefined : { low, high: this.#tags[at + ways] ?? 0 };
  }

  release(slot: number): void {
    this.#tags[tagOf(slot)] = 0;
  }

  clear(): void {
    this.#tags.fill(0);
  }

  #setOf(hash: number): number {
    return ((hash >>> 0) * this.#setsPerHash) | 0;
  }

  #findIn(set: number, low: number, high: number): number {
    const tags = this.#tags;
    const first = set * ways * 2;
    for (let at = first; at < first + ways; at++) {
      if (tags[at] === low && tags[at + ways] === high) return set * ways + at - first;
    }
    return -1;
  }

  /** Notes the slot of a set that is free the soonest. @returns How many are free now. */
  #survey(set: number, owner: SlotOwner, nowMs: number): number {
    let free = 0;
    this.#soonestMs = Infinity;
    for (let way = 0; way < ways; way++) {
      const slot = set * ways + way;
      const isEmpty = this.#tags[set * ways * 2 + way] === 0;
      const freeAtMs = isEmpty ? -Infinity : owner.freeAtMs(slot, nowMs);
      if (freeAtMs <= nowMs) free += 1;
      if (freeAtMs >= this.#soonestMs) continue;
      this.#soonest = slot;
      this.#soonestMs = freeAtMs;
    }
    return free;
  }
}

/** Where the low half of a slot's tag is. */
function tagOf(slot: number): number {
  return slot + (slot & ~(ways - 1));
}
