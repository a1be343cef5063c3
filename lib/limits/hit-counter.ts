import type { RateLimitInfo } from './rate-limit-info';
import type { StoredHits } from './rate-limit-store';
import type { Eventual } from './when-ready';

/** Where a limiter counts: in this process or in a store. */
export interface HitCounter {
  /** Counts a request. It is refused when the answer says that more is used than the limit. */
  count(key: string, limit: number, cost: number, nowMs: number): Eventual<RateLimitInfo>;

  /** Gives back what was counted at `countedMs`. */
  giveBack(info: RateLimitInfo, cost: number, countedMs: number): Eventual<void>;

  get(key: string): Eventual<StoredHits | undefined>;
  reset(key: string): Eventual<void>;
}
