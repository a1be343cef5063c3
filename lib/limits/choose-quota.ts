import type { Quota } from './quota';
import type { RateLimitsOptions } from './rate-limits-options';
import { maxLogWindowMs, SlidingLog } from './sliding-log';
import { SlidingWindow } from './sliding-window';
import { TokenBucket } from './token-bucket';

/** The largest limit whose exact log stays below 40 bytes a key. */
const maxAutoLogLimit = 5;

const maxLogLimit = 1024;

/**
 * The algorithm that the options ask for.
 *
 * @throws RangeError when a log would be too large.
 * @throws TypeError for `burst` without a bucket.
 */
export function chooseQuota(
  owner: string,
  options: Required<RateLimitsOptions>,
  slots: number,
): Quota {
  const { algorithm, windowMs, limit, burst } = options;
  if (burst !== undefined && algorithm !== 'token-bucket') {
    throw new TypeError(`${owner}: burst needs algorithm 'token-bucket', got '${algorithm}'`);
  }
  if (algorithm === 'token-bucket') return new TokenBucket(slots, windowMs, burst);
  if (algorithm === 'sliding-window') return new SlidingWindow(slots, windowMs);
  const isSmall = limit <= maxAutoLogLimit && windowMs <= maxLogWindowMs;
  if (algorithm === 'auto' && !isSmall) return new SlidingWindow(slots, windowMs);
  if (limit > maxLogLimit || windowMs > maxLogWindowMs) {
    const most = `limit at most ${maxLogLimit} and windowMs at most ${maxLogWindowMs}`;
    throw new RangeError(`${owner}: algorithm 'sliding-log' needs ${most}`);
  }
  return new SlidingLog(slots, windowMs, limit);
}
