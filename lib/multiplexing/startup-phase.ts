/**
 * The kernel sends ten segments at first (RFC 6928) and twice that a round trip later, before the
 * ACK of a PING behind the first ones can be here.
 */
export const firstLimitBytes = 65_536;

/** The kernel doubles in slow start; growing faster than it keeps it from ever waiting for us. */
const growth = 1.25;

/** BBR's check for a full pipe: three rounds in which the rate grew by less than a quarter. */
const noticeableGrowth = 1.25;
const flatRounds = 3;

/** One late ACK may be chance; these are half a round. */
const queuedAcks = 3;

/**
 * The limit while nothing is known of the path: it stays a little ahead of the kernel's slow start,
 * by growing with what is acknowledged, until the rate no longer grows.
 */
export class StartupPhase {
  #limitBytes = firstLimitBytes;
  #fullBytesPerMs = 0;
  #flatRounds = 0;
  #queuedAcks = 0;

  get isRunning(): boolean {
    return this.#flatRounds < flatRounds;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /**
   * Bytes were acknowledged. Where they queued though they came no faster, a few times in a row, the
   * pipe is full: waiting for the end of the round would fill the queue of the bottleneck as well.
   */
  acknowledge(bytes: number, bytesPerMs: number, isQueued: boolean): void {
    if (!this.isRunning) return;
    this.#limitBytes += growth * bytes;
    const isFull = isQueued && bytesPerMs < this.#fullBytesPerMs * noticeableGrowth;
    this.#queuedAcks = isFull ? this.#queuedAcks + 1 : 0;
    if (this.#queuedAcks >= queuedAcks) this.#flatRounds = flatRounds;
  }

  /** A round in which the app had too little to send proves nothing against growth. */
  endRound(bytesPerMs: number, isAppLimited: boolean): void {
    if (bytesPerMs >= this.#fullBytesPerMs * noticeableGrowth) {
      this.#fullBytesPerMs = bytesPerMs;
      this.#flatRounds = 0;
    } else if (!isAppLimited) this.#flatRounds += 1;
  }
}
