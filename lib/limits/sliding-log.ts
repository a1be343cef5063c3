import { CircularBuffer } from './circular-buffer';
import type { Quota } from './quota';

/** The longest window: with a sweep as often, no time is ever further away than 31 bits. */
export const maxLogWindowMs = 2 ** 30;

/**
 * Exact: keeps the time of every hit that counts. Four bytes for each hit of the limit, so it is for
 * small ones. Times are whole milliseconds in 32 bits; a sweep takes what is old before its time can
 * come round again.
 */
export class SlidingLog implements Quota {
  remaining = 0;
  resetAtMs = 0;
  readonly #windowMs: number;
  readonly #hits: CircularBuffer;
  #sweptMs = 0;

  constructor(slots: number, windowMs: number, limit: number) {
    this.#windowMs = windowMs;
    this.#hits = new CircularBuffer(slots, limit);
  }

  get maxLimit(): number {
    return this.#hits.capacity;
  }

  get bytes(): number {
    return this.#hits.bytes;
  }

  take(slot: number, nowMs: number, limit: number, cost: number): boolean {
    this.#expire(slot, nowMs);
    const hits = this.#hits;
    const count = hits.count(slot);
    this.remaining = limit - count;
    if (cost > this.remaining) {
      const mustLeave = Math.min(count, count + cost - limit);
      this.resetAtMs =
        mustLeave === 0 ? nowMs + this.#windowMs : this.#endOf(slot, mustLeave - 1, nowMs);
      return false;
    }
    for (let i = 0; i < cost; i++) hits.push(slot, nowMs);
    this.remaining -= cost;
    this.resetAtMs = count + cost === 0 ? nowMs : this.#endOf(slot, 0, nowMs);
    return true;
  }

  refund(slot: number, takenMs: number, nowMs: number, _limit: number, cost: number): void {
    this.#expire(slot, nowMs);
    for (let i = 0; i < cost && this.#hits.remove(slot, takenMs >>> 0); i++);
  }

  usedShare(slot: number, nowMs: number, limit: number): number {
    this.#expire(slot, nowMs);
    return this.#hits.count(slot) / Math.max(1, limit);
  }

  begin(slot: number): void {
    this.#hits.clear(slot);
  }

  #expire(slot: number, nowMs: number): void {
    if (nowMs - this.#sweptMs >= maxLogWindowMs) this.#sweep(nowMs);
    while (this.#hits.count(slot) > 0 && this.#ageMs(slot, 0, nowMs) >= this.#windowMs) {
      this.#hits.shift(slot);
    }
  }

  #sweep(nowMs: number): void {
    this.#sweptMs = nowMs;
    for (let slot = 0; slot < this.#hits.rings; slot++) {
      const last = this.#hits.count(slot) - 1;
      if (last >= 0 && this.#ageMs(slot, last, nowMs) >= this.#windowMs) this.#hits.clear(slot);
    }
  }

  /** When a hit stops to count. */
  #endOf(slot: number, index: number, nowMs: number): number {
    return Math.floor(nowMs) - this.#ageMs(slot, index, nowMs) + this.#windowMs;
  }

  /** A hit of the future, from before the clock was set back, counts as new; one of the far future not. */
  #ageMs(slot: number, index: number, nowMs: number): number {
    const ageMs = (Math.floor(nowMs) - this.#hits.at(slot, index)) | 0;
    if (ageMs >= 0) return ageMs;
    return ageMs > -this.#windowMs ? 0 : this.#windowMs;
  }
}
