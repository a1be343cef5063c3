const jitterGain = 2;
const mostJitterMs = 100;

/**
 * By how much ACKs are late for other reasons than our own bytes: a busy peer, a busy server, radio.
 * The mean deviation of what the bytes do not explain, smoothed as in RFC 6298 section 2.
 */
export class AckJitter {
  #smoothRestMs = 0;
  #deviationMs = 0;

  /** To be added to the time that bytes may stand in the queue; else late ACKs would slow the line. */
  get ms(): number {
    return Math.min(mostJitterMs, jitterGain * this.#deviationMs);
  }

  /** What ACKs are hardly ever later than: as RFC 6298's timeout, of what the bytes do not explain. */
  get mostMs(): number {
    return Math.max(0, this.#smoothRestMs) + this.ms;
  }

  /** @param restMs Round trip, less what the bytes in flight and the empty path explain. */
  note(restMs: number): void {
    this.#deviationMs += (Math.abs(restMs - this.#smoothRestMs) - this.#deviationMs) / 4;
    this.#smoothRestMs += (restMs - this.#smoothRestMs) / 8;
  }
}
