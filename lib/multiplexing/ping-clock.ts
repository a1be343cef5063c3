import type { PathEstimate } from './path-estimate';
import type { Mark } from './sent-bytes';

/** Sends one PING; `acknowledged` gets its round trip. @returns False when none could be sent. */
export type Ping = (acknowledged: (rttMs: number | undefined) => void) => boolean;

/** PINGs on their way at a time; Node's `maxOutstandingPings` is 10, and uploads need one. */
const maxPings = 8;

/** Least time between PINGs, and its share of the round trip: at most 100 a second. */
const minPingGapMs = 10;
export const pingsPerRtt = 6;

/** The gap until the round trip is known. */
const firstPingGapMs = 25;

/** An ACK that takes longer is not from a path that is to be left alone. */
const promptMs = 10;

/** A peer that has not acknowledged a PING for so long is taken to ignore them. */
const firstSilenceMs = 300;
const silenceMs = 2000;
const silentRtts = 4;

/** The PINGs of one session: when to send them, and whether the peer answers. */
export class PingClock {
  readonly #ping: Ping;
  readonly #path: Pick<PathEstimate, 'baseRttMs'>;
  readonly #marks = new Set<Mark>();
  #lastMs = -Infinity;
  #sent = 0;
  #isSilent = false;
  #isLate = false;

  constructor(ping: Ping, path: Pick<PathEstimate, 'baseRttMs'>) {
    this.#ping = ping;
    this.#path = path;
  }

  /** PINGs sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** How many ACKs are still to come. */
  get expected(): number {
    return this.#marks.size;
  }

  /** The peer ignores PINGs, or none can be sent. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Whether an ACK was late since the last {@link relax}. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** The least time between two. */
  get gapMs(): number {
    const { baseRttMs } = this.#path;
    return baseRttMs === Infinity
      ? firstPingGapMs
      : Math.max(minPingGapMs, baseRttMs / pingsPerRtt);
  }

  /** Milliseconds until the next may leave; negative when it could have left already. */
  waitMs(nowMs: number): number {
    return this.#lastMs + this.gapMs - nowMs;
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
    this.#lastMs = mark.sentMs;
    this.#marks.add(mark);
    const isSent = this.#ping((rttMs) => {
      this.#marks.delete(mark);
      if (rttMs === undefined) return;
      this.#isSilent = false;
      if (rttMs > promptMs) this.#isLate = true;
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

  /** Where ACKs are late the path is not fast; where they never come it cannot be known. */
  listen(nowMs: number): void {
    const [oldest] = this.#marks;
    if (oldest === undefined) return;
    const { baseRttMs } = this.#path;
    const lateMs = nowMs - oldest.sentMs;
    if (lateMs > promptMs) this.#isLate = true;
    const patienceMs =
      baseRttMs === Infinity ? firstSilenceMs : Math.max(silenceMs, silentRtts * baseRttMs);
    if (lateMs > patienceMs) this.#isSilent = true;
  }

  /** What was late before says nothing about the path any more. */
  relax(): void {
    this.#isLate = false;
  }
}
