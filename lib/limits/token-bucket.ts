import type { Quota } from './quota';

/** Errors of sums of milliseconds are smaller. */
const toleranceMs = 1e-6;

/**
 * A bucket of `burst` tokens that fills evenly with `limit` tokens in `windowMs`. Only the time at which it
 * will be full is kept: the Generic Cell Rate Algorithm (ITU-T I.371, annex A).
 */
export class TokenBucket implements Quota {
  remaining = 0;
  resetAtMs = 0;
  readonly maxLimit = Infinity;
  readonly #windowMs: number;
  readonly #burst: number | undefined;
  readonly #fullAtMs: Float64Array;

  /** @param burst Tokens the bucket holds; by default as many as the limit. */
  constructor(slots: number, windowMs: number, burst?: number) {
    this.#windowMs = windowMs;
    this.#burst = burst;
    this.#fullAtMs = new Float64Array(slots);
  }

  get bytes(): number {
    return this.#fullAtMs.byteLength;
  }

  take(slot: number, nowMs: number, limit: number, cost: number): boolean {
    const tokenMs = this.#windowMs / limit;
    const depthMs = (this.#burst ?? limit) * tokenMs;
    const emptyMs = this.#emptyMs(slot, nowMs, depthMs);
    const afterMs = emptyMs + (cost === 0 ? 0 : cost * tokenMs);
    const isAdmitted = limit > 0 && afterMs <= depthMs + toleranceMs;
    const stateMs = isAdmitted ? afterMs : emptyMs;
    this.#fullAtMs[slot] = nowMs + stateMs;
    this.remaining = limit > 0 ? Math.floor((depthMs - stateMs + toleranceMs) / tokenMs) : 0;
    if (isAdmitted) this.resetAtMs = nowMs + afterMs;
    else this.resetAtMs = limit > 0 ? nowMs + afterMs - depthMs : nowMs + this.#windowMs;
    return isAdmitted;
  }

  refund(slot: number, _takenMs: number, nowMs: number, limit: number, cost: number): void {
    const fullAtMs = (this.#fullAtMs[slot] ?? 0) - (cost * this.#windowMs) / limit;
    this.#fullAtMs[slot] = Math.max(nowMs, fullAtMs);
  }

  usedShare(slot: number, nowMs: number, limit: number): number {
    const depthMs = ((this.#burst ?? limit) * this.#windowMs) / Math.max(1, limit);
    return this.#emptyMs(slot, nowMs, depthMs) / Math.max(1, depthMs);
  }

  begin(slot: number, nowMs: number): void {
    this.#fullAtMs[slot] = nowMs;
  }

  /** How long the bucket needs to be full; never longer than from empty, even if the clock was set back. */
  #emptyMs(slot: number, nowMs: number, depthMs: number): number {
    return Math.min(Math.max(0, (this.#fullAtMs[slot] ?? 0) - nowMs), depthMs);
  }
}
