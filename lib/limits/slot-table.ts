/** The tags of one set, low and high halves, fill one cache line of 64 bytes. */
const ways = 8;

/** Slots for each key that is promised room: sets are never equally full. */
const slotsPerKey = 1.15;

/**
 * A first set with more free slots takes the key, so that four in five are found there, at the cost of one
 * cache line. To take the emptier of both always would put every second key into its second set.
 */
const roomInFirst = 3;

/** The two halves of a key's hash. */
export interface Digest {
  readonly low: number;
  readonly high: number;
}

/** Who owns what the slots hold. */
export interface SlotOwner {
  /** What is lost if a slot is given away; 0: nothing. */
  worthOf(slot: number, nowMs: number): number;
}

/**
 * Finds the slot of a key by the 64 bits of its hash, in fixed memory. Every key has two sets of
 * eight slots, one named by each half, and may lie in either; where the first is nearly full, a new one goes
 * where more is free (Azar et al., "Balanced allocations", 1994). Where all are taken it gets the slot that is
 * worth the least, and among equals any: no key can count on being the last to go, or the first.
 *
 * Layout: for each set the low halves of eight tags, then the high halves. A low half of 0 is an
 * empty slot.
 */
export class SlotTable {
  readonly slots: number;
  readonly #tags: Int32Array;
  readonly #setsPerHash: number;
  /** What the last survey found. */
  #least = 0;
  #leastWorth = 0;
  /** Where the next survey begins. */
  #hand = 0;

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

  /** Whether a slot is the key's. */
  holds(slot: number, low: number, high: number): boolean {
    const at = tagOf(slot);
    return this.#tags[at] === (low === 0 ? 1 : low) && this.#tags[at + ways] === high;
  }

  /** The slot that a key should take which has none. It may belong to another one still. */
  choose(digest: Digest, owner: SlotOwner, nowMs: number): number {
    const low = digest.low === 0 ? 1 : digest.low;
    this.#hand += 1;
    const free = this.#survey(this.#setOf(low), owner, nowMs);
    const least = this.#least;
    if (free > roomInFirst) return least;
    const leastWorth = this.#leastWorth;
    const freeInSecond = this.#survey(this.#setOf(digest.high), owner, nowMs);
    if (freeInSecond !== free) return freeInSecond > free ? this.#least : least;
    if (this.#leastWorth !== leastWorth) return this.#leastWorth < leastWorth ? this.#least : least;
    return (this.#hand & ways) === 0 ? this.#least : least;
  }

  /** Gives a slot to a key. */
  assign(slot: number, digest: Digest): void {
    const at = tagOf(slot);
    this.#tags[at] = digest.low === 0 ? 1 : digest.low;
    this.#tags[at + ways] = digest.high;
  }

  isTaken(slot: number): boolean {
    return this.#tags[tagOf(slot)] !== 0;
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

  /** Notes the slot of a set that is worth the least. @returns How many are worth nothing. */
  #survey(set: number, owner: SlotOwner, nowMs: number): number {
    let free = 0;
    this.#leastWorth = Infinity;
    for (let i = 0; i < ways; i++) {
      const way = (this.#hand + i) & (ways - 1);
      const slot = set * ways + way;
      const isEmpty = this.#tags[set * ways * 2 + way] === 0;
      const worth = isEmpty ? 0 : owner.worthOf(slot, nowMs);
      if (worth === 0) free += 1;
      if (worth >= this.#leastWorth) continue;
      this.#least = slot;
      this.#leastWorth = worth;
    }
    return free;
  }
}

/** Where the low half of a slot's tag is. */
function tagOf(slot: number): number {
  return slot + (slot & ~(ways - 1));
}
