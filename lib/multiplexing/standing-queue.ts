import { AckJitter } from './ack-jitter';
import type { PathEstimate } from './path-estimate';

/**
 * How long what stands in the queue of the bottleneck may take to leave. It keeps the line busy
 * while acknowledgements are late, and is what an urgent response waits for. In milliseconds, and as
 * a share of the round trip where that is more.
 */
const queueMs = 15;
const queueShare = 1 / 4;

/**
 * In-flight while the queue is being emptied, as a share of rate times round trip. What the next ACK
 * will tell has arrived already, and comes on top.
 */
const drainShare = 0.92;

/**
 * The limit is a guess until the round trip shows a queue: where a whole round shows none though the
 * limit was used up, the path carries more, and the limit grows; where it shows one it shrinks back.
 */
const gainStep = 1.25;
const mostGain = 3;

/**
 * The limit once the rate is known: what the empty path holds, and a short queue. A small standing
 * queue finds more bandwidth without probing (TCP Vegas, Brakmo and Peterson 1995); now and then it is
 * emptied for a round, so that the empty path can be measured again (BBR's ProbeRTT).
 */
export class StandingQueue {
  readonly #path: PathEstimate;
  readonly #jitter = new AckJitter();
  #gain = 1;
  #isDraining = false;
  /** Since the queue was emptied, or since the startup. */
  #steadyRounds = 0;

  constructor(path: PathEstimate) {
    this.#path = path;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Whether the limit has grown as far as it can, and is known not to be what is waited for. */
  get isOpen(): boolean {
    return this.#gain === mostGain && this.#steadyRounds > 1 && !this.#isDraining;
  }

  /** @param spacingMs How long it is from one ACK to the next. */
  limitBytes(spacingMs: number, pieceBytes: number): number {
    const { bytesPerMs, baseRttMs } = this.#path;
    const productBytes = bytesPerMs * baseRttMs;
    if (this.#isDraining) return drainShare * productBytes + bytesPerMs * spacingMs;
    const standingBytes = bytesPerMs * (this.#wantedMs + spacingMs + this.#jitter.ms);
    return this.#gain * (productBytes + standingBytes) + pieceBytes;
  }

  /**
   * What may leave on top of the limit while an ACK is late. A lost packet delays all ACKs behind it by
   * a round trip, in which others arrive all the same; without these bytes the line would be idle.
   *
   * @param ageMs Since the PING left.
   * @param inFlightBytes What was on its way then.
   */
  overdueBytes(ageMs: number, inFlightBytes: number): number {
    if (this.#isDraining) return 0;
    const { bytesPerMs, baseRttMs } = this.#path;
    const lateMs = ageMs - Math.max(baseRttMs, inFlightBytes / bytesPerMs) - this.#jitter.mostMs;
    return bytesPerMs * Math.min(Math.max(0, lateMs), baseRttMs);
  }

  /** @param inFlightBytes What was on its way when the PING left. */
  acknowledge(inFlightBytes: number, rttMs: number): void {
    const { bytesPerMs, baseRttMs } = this.#path;
    // Only in a queue of known length is it known what the bytes before the PING explain.
    if (this.#steadyRounds > 0 && !this.#isDraining && bytesPerMs > 0)
      this.#jitter.note(rttMs - Math.max(baseRttMs, inFlightBytes / bytesPerMs));
    if (this.#isDraining && rttMs <= 1.1 * baseRttMs + 1) this.#endDrain();
  }

  endRound(meanRttMs: number, isAppLimited: boolean): void {
    // The round after the queue was emptied begins with an empty queue; it proves nothing.
    if (!isAppLimited && this.#steadyRounds > 1) this.#adjustGain(meanRttMs);
    this.#steadyRounds += 1;
    if (this.#isDraining) this.#endDrain();
    this.#isDraining = this.#path.shouldProbe();
  }

  get #wantedMs(): number {
    return Math.max(queueMs, queueShare * this.#path.baseRttMs);
  }

  #endDrain(): void {
    this.#isDraining = false;
    this.#steadyRounds = 0;
  }

  #adjustGain(meanRttMs: number): void {
    const queuedMs = meanRttMs - this.#path.baseRttMs;
    if (queuedMs < this.#wantedMs / 2) this.#gain = Math.min(mostGain, this.#gain * gainStep);
    else if (queuedMs > this.#wantedMs) this.#gain = Math.max(1, this.#gain / gainStep);
  }
}
