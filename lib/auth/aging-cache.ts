import { LRUCache } from 'lru-cache';

/** Somebody's clock, in milliseconds since the epoch. */
export type Clock = () => number;

/** What we use of `LRUCache`. */
interface Table<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): unknown;
  delete(key: string): unknown;
  clear(): void;
}

interface Entry<V> {
  readonly value: V;
  readonly storedAtMs: number;
}

/**
 * Least recently used values leave first; none is older than `ttlMs`. A value that came later than
 * now is gone too: the clock was set back, and nobody knows how old it is.
 */
export class AgingCache<V extends object | string> {
  readonly #entries: Table<Entry<V>> | undefined;
  readonly #ttlMs: number;

  /** @param maxEntries With 0 it keeps nothing, as with a `ttlMs` of 0. */
  constructor(maxEntries: number, ttlMs: number) {
    this.#ttlMs = ttlMs;
    if (maxEntries > 0 && ttlMs > 0)
      this.#entries = new LRUCache<string, Entry<V>>({ max: maxEntries });
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  get(key: string, nowMs: number): V | undefined {
    const entry = this.#entries?.get(key);
    if (entry === undefined) return undefined;
    const ageMs = nowMs - entry.storedAtMs;
    if (ageMs >= 0 && ageMs < this.#ttlMs) return entry.value;
    this.delete(key);
    return undefined;
  }

  set(key: string, value: V, nowMs: number): void {
    this.#entries?.set(key, { value, storedAtMs: nowMs });
  }

  delete(key: string): void {
    this.#entries?.delete(key);
  }

  clear(): void {
    this.#entries?.clear();
  }
}
