/** What was known when a PING left behind the first `bytes` of the session. */
export interface Mark {
  readonly sentMs: number;
  readonly inFlightBytes: number;
  readonly bytes: number;
  readonly ackedBytes: number;
  readonly ackedMs: number;
  readonly ackedSentMs: number;
  readonly isAppLimited: boolean;
}

/** What an ACK proves. */
export interface Arrival {
  /** More than was known to have arrived. */
  readonly newBytes: number;
  /** Rate since the ACK that was the last one when the PING left; `undefined` where there was none. */
  readonly bytesPerMs: number | undefined;
}

/**
 * The bytes of one session: how many were given to Node, written by it, and are known to have arrived.
 *
 *     ... arrived | ackedBytes ... in flight ... writtenBytes ... | submittedBytes
 *
 * Rates are taken as in "Delivery Rate Estimation" (draft-cheng-iccrg-delivery-rate-estimation): over
 * the longer of the times in which bytes were sent and in which they arrived.
 */
export class SentBytes {
  #submittedBytes = 0;
  #writtenBytes = 0;
  #ackedBytes = 0;
  #markedBytes = 0;
  #appLimitedBytes = 0;
  #ackedMs = 0;
  #ackedSentMs = 0;

  /** Bytes given to Node whose arrival is not known. */
  get inFlightBytes(): number {
    return this.#submittedBytes - this.#ackedBytes;
  }

  get submittedBytes(): number {
    return this.#submittedBytes;
  }

  get ackedBytes(): number {
    return this.#ackedBytes;
  }

  /** Written bytes that no PING has followed yet. */
  get unmarkedBytes(): number {
    return this.#writtenBytes - this.#markedBytes;
  }

  submit(bytes: number): void {
    this.#submittedBytes += bytes;
  }

  revoke(bytes: number): void {
    this.#submittedBytes -= bytes;
  }

  written(bytes: number): void {
    this.#writtenBytes += bytes;
  }

  /** What is in flight is less than might be: how fast it arrives says little about the path. */
  limitedByApp(): void {
    this.#appLimitedBytes = this.#submittedBytes;
  }

  /** What a PING that leaves now will have been behind. */
  mark(nowMs: number): Mark {
    return {
      sentMs: nowMs,
      inFlightBytes: this.inFlightBytes,
      bytes: this.#writtenBytes,
      ackedBytes: this.#ackedBytes,
      ackedMs: this.#ackedMs,
      ackedSentMs: this.#ackedSentMs,
      isAppLimited: this.#appLimitedBytes >= this.#ackedBytes,
    };
  }

  /** The PING has left. */
  marked(mark: Mark): void {
    this.#markedBytes = mark.bytes;
  }

  /** @returns `undefined` where all of it was known. */
  acknowledge(mark: Mark, nowMs: number): Arrival | undefined {
    const newBytes = mark.bytes - this.#ackedBytes;
    if (newBytes <= 0) return undefined;
    this.#ackedBytes = mark.bytes;
    this.#ackedMs = nowMs;
    this.#ackedSentMs = mark.sentMs;
    const spanMs = Math.max(nowMs - mark.ackedMs, mark.sentMs - mark.ackedSentMs);
    const bytesPerMs = mark.ackedMs > 0 ? (mark.bytes - mark.ackedBytes) / spanMs : undefined;
    return { newBytes, bytesPerMs };
  }

  /** Takes everything as arrived. */
  forget(nowMs: number): void {
    this.#ackedBytes = this.#submittedBytes;
    this.#writtenBytes = this.#submittedBytes;
    this.#markedBytes = this.#submittedBytes;
    this.#ackedMs = nowMs;
    this.#ackedSentMs = nowMs;
  }
}
