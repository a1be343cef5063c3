import type { Quota } from './quota';

/** Sums of shares of whole numbers are off by less. */
const tolerance = 1e-9;

/**
 * Counts hits of this window and of the one before, which counts for the share of it that the last
 * `windowMs` still cover, as if its hits had come evenly. A key's windows begin with its
 * first hit.
 */
export class SlidingWindow implements Quota {
  resetAtMs = 0;
  readonly maxLimit = Infinity;
  readonly #windowMs: number;
  /** In the first eight bytes of sixteen for each slot. */
  readonly #startMs: Float64Array;
  /** In the others: hits in the window before, hits in this one. */
  readonly #hits: Uint32Array;
  /** Of the limit, after the last decision; not whole while the window before counts in part. */
  #left = 0;

  constructor(slots: number, windowMs: number) {
    this.#windowMs = windowMs;
    // What a slot holds is in one line of the cache.
    const buffer = new ArrayBuffer(slots * 16);
    this.#startMs = new Float64Array(buffer);
    this.#hits = new Uint32Array(buffer);
  }

  get remaining(): number {
    return Math.max(0, Math.floor(this.#left + tolerance));
  }

  get bytes(): number {
    return this.#startMs.byteLength;
  }

  take(slot: number, nowMs: number, limit: number, cost: number): boolean {
    const startMs = this.#startAt(slot, nowMs);
    const hits = this.#hits[slot * 4 + 3] ?? 0;
    const left = limit - hits - this.#earlierHits(slot, startMs, nowMs);
    if (cost > left + tolerance) {
      this.#left = left;
      this.resetAtMs = this.#admitsAtMs(slot, limit - cost);
      return false;
    }
    this.#hits[slot * 4 + 3] = hits + cost;
    this.#left = left - cost;
    this.resetAtMs = startMs + this.#windowMs;
    return true;
  }

  refund(slot: number, takenMs: number, nowMs: number, _limit: number, cost: number): void {
    const startMs = this.#startAt(slot, nowMs);
    if (takenMs < startMs - this.#windowMs) return;
    const at = takenMs < startMs ? slot * 4 + 2 : slot * 4 + 3;
    this.#hits[at] = Math.max(0, (this.#hits[at] ?? 0) - cost);
  }

  usedShare(slot: number, nowMs: number, limit: number): number {
    const earlier = this.#earlierHits(slot, this.#startAt(slot, nowMs), nowMs);
    return (earlier + (this.#hits[slot * 4 + 3] ?? 0)) / Math.max(1, limit);
  }

  begin(slot: number, nowMs: number): void {
    this.#startMs[slot * 2] = nowMs;
    this.#hits[slot * 4 + 2] = 0;
    this.#hits[slot * 4 + 3] = 0;
  }

  /** When the window of a slot began that holds this moment. */
  #startAt(slot: number, nowMs: number): number {
    const startMs = this.#startMs[slot * 2] ?? 0;
    return nowMs >= startMs && nowMs < startMs + this.#windowMs
      ? startMs
      : this.#advance(slot, startMs, nowMs);
  }

  #advance(slot: number, startMs: number, nowMs: number): number {
    const windows = Math.floor((nowMs - startMs) / this.#windowMs);
    // -1: the clock was set back a little. 0: differences round where sums do not.
    if (windows === 0 || windows === -1) return startMs;
    const isNext = windows === 1;
    const nextMs = isNext ? startMs + this.#windowMs : nowMs;
    this.#startMs[slot * 2] = nextMs;
    this.#hits[slot * 4 + 2] = isNext ? (this.#hits[slot * 4 + 3] ?? 0) : 0;
    this.#hits[slot * 4 + 3] = 0;
    return nextMs;
  }

  /** Hits of the window before, by the share that still counts. */
  #earlierHits(slot: number, startMs: number, nowMs: number): number {
    const hits = this.#hits[slot * 4 + 2] ?? 0;
    return hits === 0 ? 0 : hits * Math.min(1, 1 - (nowMs - startMs) / this.#windowMs);
  }

  /** When the hits that count have fallen to `target`. */
  #admitsAtMs(slot: number, target: number): number {
    const endMs = (this.#startMs[slot * 2] ?? 0) + this.#windowMs;
    if (target < 0) return endMs + this.#windowMs;
    const earlier = this.#hits[slot * 4 + 2] ?? 0;
    const hits = this.#hits[slot * 4 + 3] ?? 0;
    if (hits <= target) return endMs - ((target - hits) / earlier) * this.#windowMs;
    return endMs + (1 - target / hits) * this.#windowMs;
  }
}
