/** What a store knows of a key. */
export interface StoredHits {
  readonly totalHits: number;
  /** When they are forgotten. */
  readonly resetTime: Date | undefined;
}

/**
 * Counts hits elsewhere, for several processes: the interface of the stores of express-rate-limit, such as
 * `rate-limit-redis`.
 */
export interface RateLimitStore {
  /** Called once, when the limiter is made, with its options. */
  init?(options: never): void | Promise<void>;
  get?(key: string): Promise<StoredHits | undefined> | StoredHits | undefined;
  increment(key: string): Promise<StoredHits> | StoredHits;
  decrement(key: string): Promise<void> | void;
  resetKey(key: string): Promise<void> | void;
  resetAll?(): Promise<void> | void;
  /** True when no other store can count the same keys. */
  readonly localKeys?: boolean;
  /** What it puts before every key. */
  readonly prefix?: string;
}

/** The interface that stores had before version 6 of express-rate-limit. */
export interface LegacyRateLimitStore {
  incr(
    key: string,
    callback: (error: Error | undefined, totalHits: number, resetTime: Date | undefined) => void,
  ): void;
  decrement(key: string): void;
  resetKey(key: string): void;
  resetAll?(): void;
}

type Given = Partial<RateLimitStore> & Partial<LegacyRateLimitStore>;

/** Whether `value` has what the limiter will call. */
export function isStore(value: unknown): value is RateLimitStore | LegacyRateLimitStore {
  if (typeof value !== 'object' || value === null) return false;
  const { increment, incr, decrement, resetKey, resetAll, init } = value as Given;
  return (
    [increment ?? incr, decrement, resetKey].every((one) => typeof one === 'function') &&
    [resetAll, init].every((one) => one === undefined || typeof one === 'function')
  );
}

/** A store of today's interface, around one of the old if need be. */
export function modernStore(store: RateLimitStore | LegacyRateLimitStore): RateLimitStore {
  if ('increment' in store) return store;
  return {
    increment: (key) =>
      new Promise((resolve, reject) => {
        store.incr(key, (error, totalHits, resetTime) => {
          if (error) reject(error);
          else resolve({ totalHits, resetTime });
        });
      }),
    decrement: (key) => store.decrement(key),
    resetKey: (key) => store.resetKey(key),
    resetAll: () => store.resetAll?.(),
  };
}
