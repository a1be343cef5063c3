/** Rounds in one half of the window of rates; BBR's `BBRMaxBwFilterLen` counts similar cycles. */
const rateWindowRounds = 5;

/** Half of the window of round trips, in milliseconds, and in round trips where those are long. */
const rttWindowMs = 5000;
const rttWindowRounds = 45;

/**
 * What a path carries, after BBR (Cardwell et al. 2016; draft-ietf-ccwg-bbr): the highest rate at
 * which bytes were acknowledged lately, and the shortest round trip.
 *
 * Both are kept for a window, so that a path that changes is believed: two halves, each with its own
 * extreme; the older half is forgotten when the newer is full. Time without samples does not count.
 */
export class PathEstimate {
  #rates: [older: number, newer: number] = [0, 0];
  #rateRound = 0;
  #rtts: [older: number, newer: number] = [Infinity, Infinity];
  #rttSinceMs = 0;
  #isProbed = true;

  /** Bytes per millisecond; 0 before the first sample. */
  get bytesPerMs(): number {
    return Math.max(this.#rates[0], this.#rates[1]);
  }

  /** Round trip of an empty path, in milliseconds; `Infinity` before the first sample. */
  get baseRttMs(): number {
    return Math.min(this.#rtts[0], this.#rtts[1]);
  }

  /**
   * Whether the path should be emptied for a round: the newer half has seen no round trip close to
   * the base. Says so once for each half.
   */
  shouldProbe(): boolean {
    if (this.#isProbed || this.#rtts[1] <= this.baseRttMs * 1.05 + 1) return false;
    this.#isProbed = true;
    return true;
  }

  addRtt(rttMs: number, nowMs: number): void {
    const windowMs = Math.max(rttWindowMs, rttWindowRounds * this.baseRttMs);
    if (this.#rtts[1] !== Infinity && nowMs - this.#rttSinceMs > windowMs) {
      this.#rtts = [this.#rtts[1], Infinity];
      this.#isProbed = false;
    }
    if (this.#rtts[1] === Infinity) this.#rttSinceMs = nowMs;
    this.#rtts[1] = Math.min(this.#rtts[1], rttMs);
  }

  /** The rate is known: what was seen before was less sure. */
  settle(bytesPerMs: number, round: number): void {
    this.#rates = [0, bytesPerMs];
    this.#rateRound = round;
  }

  /** @param round Round trips of data so far. */
  addRate(bytesPerMs: number, round: number): void {
    if (round - this.#rateRound >= rateWindowRounds) {
      this.#rates = [this.#rates[1], 0];
      this.#rateRound = round;
    }
    this.#rates[1] = Math.max(this.#rates[1], bytesPerMs);
  }
}
