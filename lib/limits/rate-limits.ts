import { parseOptions } from '../util/options';
import { chooseQuota } from './choose-quota';
import { HotKeys } from './hot-keys';
import { KeyHash } from './key-hash';
import type { Quota } from './quota';
import { rateLimitsRules } from './rate-limits-options';
import type { RateLimitsOptions } from './rate-limits-options';
import { SlotTable } from './slot-table';
import type { SlotOwner } from './slot-table';

/** What is left to a key. */
export interface KeyQuota {
  readonly used: number;
  readonly remaining: number;
  /** When the next hit is given back, on the clock of the options. */
  readonly resetAtMs: number;
}

/**
 * Counts hits by key against a limit, synchronously and in memory that is taken once.
 *
 * At most `maxKeys` keys have a slot. A key that finds none takes, of the sixteen it may have, the
 * one whose key has used the smallest share of its quota; that key begins anew when it comes back. No
 * key is ever refused for the hits of another, so a flood of keys keeps nobody out; and to have the
 * hits of a key forgotten, a flood has to use up as much of the quotas of about `maxKeys` others.
 *
 * @example
 * const limits = new RateLimits({ limit: 100, windowMs: 60_000 });
 * if (!limits.take(userId)) console.log(`again in ${limits.resetAtMs - Date.now()} ms`);
 */
export class RateLimits {
  /** Hits of a key in a window, unless `take` is told another number. */
  readonly limit: number;
  readonly #clock: () => number;
  /** Times inside are counted from here: small numbers are exact to fractions of a millisecond. */
  readonly #originMs: number;
  readonly #hash = new KeyHash();
  readonly #table: SlotTable;
  readonly #hot: HotKeys;
  readonly #quota: Quota;
  readonly #penaltyMs: number;
  readonly #blockedUntilMs: Float64Array | undefined;
  /** By slot, since `take` was told another limit. */
  #limits: Float32Array | undefined;
  readonly #owner: SlotOwner = { worthOf: (slot, nowMs) => this.#worthOf(slot, nowMs) };
  /** End of the penalty that the last decision met; 0: it met none, and the quota has the answers. */
  #penaltyEndMs = 0;
  #evictions = 0;

  /** @throws TypeError, RangeError for options that are unknown or wrong. */
  constructor(options?: RateLimitsOptions) {
    const parsed = parseOptions<RateLimitsOptions>('RateLimits', options, rateLimitsRules);
    this.limit = parsed.limit;
    this.#clock = parsed.clock;
    this.#originMs = parsed.clock();
    this.#table = new SlotTable(parsed.maxKeys);
    this.#hot = new HotKeys(this.#table);
    this.#quota = chooseQuota('RateLimits', parsed, this.#table.slots);
    this.#penaltyMs = parsed.penaltyMs;
    if (parsed.penaltyMs > 0) this.#blockedUntilMs = new Float64Array(this.#table.slots);
  }

  /** Hits that the last decision left. */
  get remaining(): number {
    return this.#penaltyEndMs === 0 ? this.#quota.remaining : 0;
  }

  /** When the next hit is given back; after a refusal, when the same call would be admitted. */
  get resetAtMs(): number {
    return this.#originMs + (this.#penaltyEndMs === 0 ? this.#quota.resetAtMs : this.#penaltyEndMs);
  }

  /** Keys that lost their slot while hits of theirs counted. Grows when `maxKeys` is too small. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Memory taken by the tables. */
  get bytes(): number {
    const optional = (this.#limits?.byteLength ?? 0) + (this.#blockedUntilMs?.byteLength ?? 0);
    return this.#table.bytes + this.#quota.bytes + optional;
  }

  /**
   * Counts hits of a key, if it has so many left. Refused hits do not count. The rest is in
   * {@link RateLimits.remaining} and {@link RateLimits.resetAtMs}, until the next call.
   *
   * @param cost Hits to count; 0 only looks. @default 1
   * @param limit Of this key. @default `limit` of the options
   * @returns Whether they were counted.
   * @throws RangeError when `cost` is no whole number or `limit` no limit.
   */
  take(key: string, cost = 1, limit = this.limit, nowMs = this.#clock()): boolean {
    if (cost >>> 0 !== cost) throw wrong('cost', 'an integer from 0 to 4294967295', cost);
    if (limit !== this.limit) this.#admitLimit(limit);
    const now = nowMs - this.#originMs;
    const hot = this.#hot.find(key);
    const slot = hot < 0 ? this.#slotOf(key, now) : hot;
    if (this.#limits !== undefined) this.#limits[slot] = limit;
    if (this.#blockedUntilMs !== undefined && this.#isBlocked(slot, now)) return false;
    if (this.#quota.take(slot, now, limit, cost)) return true;
    if (this.#blockedUntilMs !== undefined) this.#block(slot, now);
    return false;
  }

  /** Gives back what was taken at `takenMs`, as far as it still counts. */
  refund(key: string, takenMs: number, cost = 1, limit = this.limit): void {
    this.#hash.digest(key);
    const slot = this.#table.find(this.#hash);
    if (slot < 0) return;
    this.#quota.refund(slot, takenMs - this.#originMs, this.#clock() - this.#originMs, limit, cost);
  }

  /** What is left to a key; `undefined` when it has no slot. */
  peek(key: string, limit = this.limit): KeyQuota | undefined {
    this.#hash.digest(key);
    if (this.#table.find(this.#hash) < 0) return undefined;
    this.take(key, 0, limit);
    return {
      used: limit - this.remaining,
      remaining: this.remaining,
      resetAtMs: this.resetAtMs,
    };
  }

  /** Makes a key as good as new. */
  reset(key: string): void {
    this.#hash.digest(key);
    const slot = this.#table.find(this.#hash);
    if (slot >= 0) this.#table.release(slot);
  }

  /** Makes all keys as good as new. */
  resetAll(): void {
    this.#table.clear();
  }

  #slotOf(key: string, now: number): number {
    this.#hash.digest(key);
    const found = this.#table.find(this.#hash);
    const slot = found < 0 ? this.#open(now) : found;
    this.#hot.offer(key, this.#hash, slot);
    return slot;
  }

  /** Gives the key just hashed a slot. */
  #open(now: number): number {
    const slot = this.#table.choose(this.#hash, this.#owner, now);
    if (this.#table.isTaken(slot) && this.#worthOf(slot, now) > 0) this.#evictions += 1;
    this.#table.assign(slot, this.#hash);
    this.#quota.begin(slot, now);
    if (this.#blockedUntilMs !== undefined) this.#blockedUntilMs[slot] = 0;
    return slot;
  }

  /** A blocked key goes last. */
  #worthOf(slot: number, now: number): number {
    if ((this.#blockedUntilMs?.[slot] ?? 0) > now) return Infinity;
    return this.#quota.usedShare(slot, now, this.#limits?.[slot] ?? this.limit);
  }

  #block(slot: number, now: number): void {
    if (this.#blockedUntilMs === undefined) return;
    this.#penaltyEndMs = now + this.#penaltyMs;
    this.#blockedUntilMs[slot] = this.#penaltyEndMs;
  }

  /** A key whose penalty is over begins anew. */
  #isBlocked(slot: number, now: number): boolean {
    const untilMs = this.#blockedUntilMs?.[slot] ?? 0;
    this.#penaltyEndMs = 0;
    if (untilMs === 0) return false;
    // Further away than a penalty is long only when the clock was set back.
    if (untilMs > now && untilMs - now <= this.#penaltyMs) {
      this.#penaltyEndMs = untilMs;
      return true;
    }
    if (this.#blockedUntilMs !== undefined) this.#blockedUntilMs[slot] = 0;
    this.#quota.begin(slot, now);
    return false;
  }

  #admitLimit(limit: number): void {
    if (!(limit >= 0)) throw wrong('limit', 'a number of at least 0', limit);
    if (limit > this.#quota.maxLimit) {
      throw wrong('limit', `at most ${this.#quota.maxLimit} with this algorithm`, limit);
    }
    this.#limits ??= new Float32Array(this.#table.slots).fill(this.limit);
  }
}

function wrong(name: string, expected: string, value: unknown): RangeError {
  return new RangeError(`RateLimits: ${name} must be ${expected}, got ${String(value)}`);
}
