/** What a cache has done since it was made, and what it holds. */
export interface CacheStats {
  /** Requests answered from the store, fresh or stale. */
  readonly hits: number;
  /** Of these, how many were answered with 304. */
  readonly notModified: number;
  /** Of these, how many were answered with a stale response. */
  readonly stale: number;
  /** Requests that went to the app because nothing was stored for them. */
  readonly misses: number;
  /** Requests that waited for another one like them, and were answered with its response. */
  readonly collapsed: number;
  /** Requests that the cache kept out of. */
  readonly bypassed: number;
  /** Responses stored. */
  readonly stored: number;
  /** Stale responses that the app found to be still good. */
  readonly revalidated: number;
  /** Requests of the cache's own to the app. */
  readonly revalidations: number;
  /** Responses put out because of the limit. */
  readonly evicted: number;
  /** Responses deleted by `purge` and its like, and by unsafe requests. */
  readonly purged: number;
  /** Responses stored now. */
  readonly entries: number;
  /** Bytes that they take. */
  readonly bytes: number;
}

export type CacheCounter = Exclude<keyof CacheStats, 'entries' | 'bytes'>;

/** The counters, at 0. */
export function newCounters(): Record<CacheCounter, number> {
  return {
    hits: 0,
    notModified: 0,
    stale: 0,
    misses: 0,
    collapsed: 0,
    bypassed: 0,
    stored: 0,
    revalidated: 0,
    revalidations: 0,
    evicted: 0,
    purged: 0,
  };
}
