import type { HitCounter } from './hit-counter';
import { checkHits } from './limiter-checks';
import type { LimiterReports } from './limiter-reports';
import { RateLimitInfo } from './rate-limit-info';
import type { RateLimitStore, StoredHits } from './rate-limit-store';
import { whenReady } from './when-ready';
import type { Eventual } from './when-ready';

/** Counts in a store, one hit for each request, refused ones too. */
export class StoreCounter implements HitCounter {
  readonly #store: RateLimitStore;
  readonly #clock: () => number;
  readonly #reports: LimiterReports;

  constructor(store: RateLimitStore, clock: () => number, reports: LimiterReports) {
    this.#store = store;
    this.#clock = clock;
    this.#reports = reports;
  }

  count(key: string, limit: number): Eventual<RateLimitInfo> {
    return whenReady(this.#store.increment(key), (stored) => {
      checkHits(stored, this.#reports);
      const { totalHits, resetTime } = stored;
      const remaining = Math.max(limit - totalHits, 0);
      return new RateLimitInfo(limit, totalHits, remaining, resetTime, key);
    });
  }

  /** After the reset the store counts anew, and would give back another request's hit. */
  giveBack({ key, resetTime }: RateLimitInfo): Eventual<void> {
    if (resetTime === undefined || this.#clock() < resetTime.getTime()) {
      return this.#store.decrement(key);
    }
  }

  get(key: string): Eventual<StoredHits | undefined> {
    if (this.#store.get === undefined) throw new TypeError('rateLimiter: the store cannot get');
    return this.#store.get(key);
  }

  reset(key: string): Eventual<void> {
    return this.#store.resetKey(key);
  }
}
