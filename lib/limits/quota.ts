/**
 * How hits of a key are counted. Times are milliseconds of one clock. State is kept by slot, in typed
 * arrays; the answers are left in fields, so that a decision allocates nothing.
 */
export interface Quota {
  /** Hits that were left after the last decision. */
  readonly remaining: number;
  /**
   * After an admission, when the next part of the quota is given back; after a refusal, when the same
   * request would be admitted.
   */
  readonly resetAtMs: number;
  readonly bytes: number;
  /** The largest limit a key may have. */
  readonly maxLimit: number;

  /** Counts `cost` hits, if that many are left. A cost of 0 only looks. @returns Whether they were. */
  take(slot: number, nowMs: number, limit: number, cost: number): boolean;

  /** Gives back what was taken at `takenMs`, as far as it still counts. */
  refund(slot: number, takenMs: number, nowMs: number, limit: number, cost: number): void;

  /**
   * The time from which a token bucket with the same hits would be full again: the measure of how
   * much is lost when the slot is given away.
   */
  freeAtMs(slot: number, nowMs: number, limit: number): number;

  /**
   * Begins a new key.
   *
   * @param freeAtMs What {@link Quota.freeAtMs} said when the key lost its slot. At least one hit is
   * left to it, because it may be another key that did.
   */
  begin(slot: number, nowMs: number, limit: number, freeAtMs: number): void;
}

/** Hits that count of a key whose {@link Quota.freeAtMs} is known; one is left. */
export function hitsUntil(
  freeAtMs: number,
  nowMs: number,
  limit: number,
  windowMs: number,
): number {
  if (freeAtMs <= nowMs) return 0;
  // Without the tolerance, 3 / 5 of five hits would be four.
  const hits = Math.ceil(((freeAtMs - nowMs) / windowMs) * limit - 1e-6);
  return Math.max(0, Math.min(hits, Math.ceil(limit) - 1));
}
