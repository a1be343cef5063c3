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

  /** How much of the quota is used up, from 0 to 1: what would be forgotten if the slot were given away. */
  usedShare(slot: number, nowMs: number, limit: number): number;

  /** Begins a new key, with a whole quota. */
  begin(slot: number, nowMs: number): void;
}
