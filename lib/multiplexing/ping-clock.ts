import type { PathEstimate } from './path-estimate';
import type { Mark } from './sent-bytes';

/** Sends one PING; `acknowledged` gets its round trip. @returns False when none could be sent. */
export type Ping = (acknowledged: (rttMs: number | undefined) => void) => boolean;

/** PINGs on their way at a time; Node's `maxOutstandingPings` is 10, and uploads need one. */
const maxPings = 8;

/** Least mean time between PINGs, and its share of the round trip: at most 84 a second. */
const minPingGapMs = 12;
export const pingsPerRtt = 6;

/** PINGs that are further apart had nothing to follow. */
const pauseGaps = 3;

/** The gap until the round trip is known. */
const firstPingGapMs = 25;

/** An ACK that takes longer is not from a path that is to be left alone; one of a standing queue does. */
const promptMs = 10;

/** A peer that has not acknowledged a PING for so long is taken to ignore them. */
const firstSilenceMs = 1000;
const silenceMs = 2000;
const silentRtts = 4;

/** The PINGs of one session: when to send them, and whether the peer answers. */
export class PingClock {
  readonly #ping: Ping;
  readonly #path: Pick<PathEstimate, 'baseRttMs' | 'bytesPerMs'>;
  readonly #idleMs: () => number;
  /** With how long the event loop had been idle when they left. */
  readonly #marks = new Map<Mark, number>();
  #lastMs = -Infinity;
  #dueMs = -Infinity;
  /** Smoothed time between PINGs while they follow each other. */
  #spacingMs = 0;
  #sent = 0;
  #isSilent = false;
  #isLate = false;

  /** @param idleMs How long the event loop has waited for events so far. */
  constructor(
    ping: Ping,
    path: Pick<PathEstimate, 'baseRttMs' | 'bytesPerMs'>,
    idleMs: () => number,
  ) {
    this.#ping = ping;
    this.#path = path;
    this.#idleMs = idleMs;
  }

  /** PINGs sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** The mark whose ACK is to come next. */
  get oldest(): Mark | undefined {
    const [oldest] = this.#marks.keys();
    return oldest;
  }

  /** The peer ignores PINGs, or none can be sent. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Whether an ACK was late, and none has been prompt for a round since. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** The least time between two, in the mean. */
  get gapMs(): number {
    const { baseRttMs } = this.#path;
    return baseRttMs === Infinity
      ? firstPingGapMs
      : Math.max(minPingGapMs, baseRttMs / pingsPerRtt);
  }

  /** How old the news of an ACK is when the next one comes: PINGs leave when data does. */
  get spacingMs(): number {
    return Math.max(this.gapMs, this.#spacingMs);
  }

  /** Milliseconds until the next may leave; negative when it could have left already. */
  waitMs(nowMs: number): number {
    return this.#dueMs - nowMs;
  }

  /**
   * With data, in time; of its own, where nothing else would tell, or long overdue.
   *
   * @param hasData Whether data follows in the same turn: a PING of its own is a packet of its own.
   * @param newBytes What no PING has followed yet.
   * @param isAwaited Whether an ACK for them is waited for, so that it may be early.
   */
  isDue(nowMs: number, hasData: boolean, newBytes: number, isAwaited: boolean): boolean {
    if (this.#isSilent) return false;
    const waitMs = this.waitMs(nowMs);
    if (this.#marks.size === 0) return waitMs <= 0;
    if (newBytes === 0) return false;
    if (waitMs <= 0) return hasData || waitMs < -2 * this.gapMs;
    return isAwaited;
  }

  /** @returns False when none left. */
  send(mark: Mark, acknowledged: (rttMs: number) => void): boolean {
    if (this.#marks.size >= maxPings) return false;
    this.#schedule(mark.sentMs);
    this.#marks.set(mark, this.#idleMs());
    const isSent = this.#ping((rttMs) => {
      if (rttMs !== undefined) this.#noteLate(mark, rttMs);
      this.#marks.delete(mark);
      if (rttMs === undefined) return;
      this.#isSilent = false;
      acknowledged(rttMs);
    });
    if (isSent) this.#sent += 1;
    else {
      this.#marks.delete(mark);
      // Nobody would ever tell what has arrived.
      if (this.#marks.size === 0) this.#isSilent = true;
    }
    return isSent;
  }

  /** One that had to wait for data does not delay the next: else an ACK would ask for half of them. */
  #schedule(sentMs: number): void {
    const gapMs = this.gapMs;
    const passedMs = sentMs - this.#lastMs;
    if (passedMs < pauseGaps * gapMs) this.#spacingMs += (passedMs - this.#spacingMs) / 8;
    this.#dueMs = Math.max(Math.min(this.#dueMs, sentMs) + gapMs, sentMs + gapMs / 2);
    this.#lastMs = sentMs;
  }

  /** Where ACKs are late the path is not fast; where they never come it cannot be known. */
  listen(nowMs: number): void {
    const oldest = this.oldest;
    if (oldest === undefined) return;
    const { baseRttMs, bytesPerMs } = this.#path;
    const lateMs = nowMs - oldest.sentMs;
    this.#noteLate(oldest, lateMs);
    // A slow line takes long for what was on its way before the PING.
    const aheadMs = bytesPerMs > 0 ? oldest.inFlightBytes / bytesPerMs : 0;
    const patienceMs =
      baseRttMs === Infinity ? firstSilenceMs : Math.max(silenceMs, silentRtts * baseRttMs);
    if (lateMs > patienceMs + aheadMs) this.#isSilent = true;
  }

  /** A loop that was busy all the time may have been told long ago. */
  #noteLate(mark: Mark, ageMs: number): void {
    if (this.#isLate || ageMs <= promptMs) return;
    this.#isLate = this.#idleMs() - (this.#marks.get(mark) ?? 0) > promptMs;
  }

  /** Where a queue stands, it takes an ACK longer than this; see {@link StandingQueue}. */
  endRound(meanRttMs: number): void {
    if (meanRttMs < promptMs / 2) this.relax();
  }

  /** What was late before says nothing about the path any more. */
  relax(): void {
    this.#isLate = false;
  }
}
