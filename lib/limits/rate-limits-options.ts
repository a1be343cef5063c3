import { custom, integer, oneOf } from '../util/options';
import type { OptionRule, OptionRules } from '../util/options';

/** How hits are counted. */
export type LimitAlgorithm = 'auto' | 'sliding-log' | 'sliding-window' | 'token-bucket';

/** Options of `RateLimits`. */
export interface RateLimitsOptions {
  /** The time for which a key has its limit, from 1 to 2147483647. @default 60000 */
  readonly windowMs?: number;
  /** Hits of a key in that time. @default 5 */
  readonly limit?: number;
  /**
   * - `'sliding-log'`: exact; takes four bytes for each hit of the limit, so it is for limits up to 1024;
   * - `'sliding-window'`: takes the hits of the window before for evenly spread;
   * - `'token-bucket'`: hits come back one by one, each after `windowMs / limit`;
   * - `'auto'`: the log for limits up to 5, above the sliding window.
   * @default 'auto'
   */
  readonly algorithm?: LimitAlgorithm;
  /** Token bucket only: hits that may come at once after a pause. @default `limit` */
  readonly burst?: number | undefined;
  /** A key that asks for more than it has is refused this long. 0: only until it has. @default 0 */
  readonly penaltyMs?: number;
  /** Keys that are counted at once. Memory for all is taken at the start. @default 100000 */
  readonly maxKeys?: number;
  /** Tells the time in milliseconds since 1970. @default Date.now */
  readonly clock?: () => number;
}

const most = 2 ** 31 - 1;

/** An integer without a default. */
export const optionalInteger = (min: number): OptionRule<number | undefined> => ({
  ...integer(min, min, most),
  fallback: undefined,
});

export const rateLimitsRules: OptionRules<RateLimitsOptions> = {
  windowMs: integer(60_000, 1, most),
  limit: integer(5, 0, most),
  algorithm: oneOf(['auto', 'sliding-log', 'sliding-window', 'token-bucket'], 'auto'),
  burst: optionalInteger(1),
  penaltyMs: integer(0, 0, most),
  maxKeys: integer(100_000, 1, 2 ** 26),
  clock: custom(
    'a function',
    () => Date.now(),
    (value) => typeof value === 'function',
  ),
};
