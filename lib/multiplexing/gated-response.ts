/** What the gate asks of a response. */
export interface GatedResponse {
  readonly id: number;
  readonly heldBytes: number;
  /** Whether there is anything to release. */
  readonly isWaiting: boolean;

  /** Hands up to `limit` bytes to Node, and calls `done` when they are written or failed. */
  release(limit: number, done: () => void): number;

  /** Tells a waiting writer that it may go on, once there is room. */
  announceRoom(): void;
}
