import type { HitCounter } from './hit-counter';
import { RateLimitInfo } from './rate-limit-info';
import type { StoredHits } from './rate-limit-store';
import type { RateLimits } from './rate-limits';

/** Counts in the memory of this process, at once. */
export class LocalCounter implements HitCounter {
  readonly #limits: RateLimits;

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  count(key: string, limit: number, cost: number, nowMs: number): RateLimitInfo {
    const limits = this.#limits;
    const isAdmitted = limits.take(key, cost, limit, nowMs);
    const { remaining } = limits;
    const used = Math.max(0, limit - remaining) + (isAdmitted ? 0 : cost);
    return new RateLimitInfo(limit, used, remaining, new Date(Math.ceil(limits.resetAtMs)), key);
  }

  /** Refused requests were not counted. */
  giveBack({ key, limit, used }: RateLimitInfo, cost: number, countedMs: number): void {
    if (used <= limit) this.#limits.refund(key, countedMs, cost, limit);
  }

  get(key: string): StoredHits | undefined {
    const quota = this.#limits.peek(key);
    return quota && { totalHits: quota.used, resetTime: new Date(Math.ceil(quota.resetAtMs)) };
  }

  reset(key: string): void {
    this.#limits.reset(key);
  }
}
