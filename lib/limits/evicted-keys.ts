import type { Digest } from './slot-table';

/**
 * Remembers, of keys that lost their slot, until when they matter: a key that comes back goes on where
 * it was. Two cells of a shared array belong to each key; each keeps the latest time of all
 * keys it belongs to, and the earlier of a key's two is the answer. So it never forgets, sometimes
 * remembers too much, and grows clean as time passes (after Bloom, 1970, with times for bits).
 */
export class EvictedKeys {
  readonly #freeAtMs: Float64Array;
  readonly #cellsPerHash: number;

  constructor(cells: number) {
    this.#freeAtMs = new Float64Array(cells);
    this.#cellsPerHash = cells / 2 ** 32;
  }

  get bytes(): number {
    return this.#freeAtMs.byteLength;
  }

  remember(key: Digest, freeAtMs: number): void {
    const first = this.#firstCell(key);
    const second = this.#secondCell(key);
    this.#freeAtMs[first] = Math.max(this.#freeAtMs[first] ?? 0, freeAtMs);
    this.#freeAtMs[second] = Math.max(this.#freeAtMs[second] ?? 0, freeAtMs);
  }

  /** The time a key matters until; not later than now when it was never remembered. */
  freeAtMs(key: Digest): number {
    return Math.min(
      this.#freeAtMs[this.#firstCell(key)] ?? 0,
      this.#freeAtMs[this.#secondCell(key)] ?? 0,
    );
  }

  /** Forgets a key, and of others what they share with it. */
  forget(key: Digest): void {
    this.#freeAtMs[this.#firstCell(key)] = 0;
    this.#freeAtMs[this.#secondCell(key)] = 0;
  }

  clear(): void {
    this.#freeAtMs.fill(0);
  }

  // The upper bits of the halves name the sets of the table, in which many evicted keys met.
  #firstCell({ low, high }: Digest): number {
    return this.#cellOf(low ^ ((high << 16) | (high >>> 16)));
  }

  #secondCell({ low, high }: Digest): number {
    return this.#cellOf(high ^ Math.imul(low, 0x9e3779b1));
  }

  #cellOf(hash: number): number {
    return ((hash >>> 0) * this.#cellsPerHash) | 0;
  }
}
