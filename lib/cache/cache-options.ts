import { boolean, integer, type OptionRules } from '../util/options';

export interface ResponseCacheOptions {
  /**
   * Most bytes of stored responses: bodies, headers and keys. What was used least recently is
   * evicted.
   *
   * @default 67108864 (64 MiB)
   */
  readonly maxBytes?: number;

  /**
   * Longest body that is stored, in bytes. Longer ones pass through.
   *
   * @default 1048576 (1 MiB)
   */
  readonly maxEntryBytes?: number;

  /**
   * How long a request may wait for the response to another one like it, in milliseconds. Then it
   * goes to the app by itself. `0`: nobody waits. nginx waits as long (`proxy_cache_lock_timeout`).
   *
   * @default 5000
   */
  readonly maxWaitMs?: number;

  /**
   * How long the app may take to revalidate a stored response, in milliseconds. Then the attempt is
   * broken off.
   *
   * @default 30000
   */
  readonly revalidateMs?: number;

  /**
   * Tells clients in `Cache-Status` (RFC 9211) what the cache did.
   *
   * @default true
   */
  readonly cacheStatus?: boolean;
}

export const cacheRules: OptionRules<ResponseCacheOptions> = {
  maxBytes: integer(64 * 1024 * 1024, 1),
  maxEntryBytes: integer(1024 * 1024, 1),
  maxWaitMs: integer(5000, 0, 600_000),
  revalidateMs: integer(30_000, 1, 600_000),
  cacheStatus: boolean(true),
};
