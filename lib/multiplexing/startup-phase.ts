import { BusyStreak, noticeableGrowth, type StreakAck } from './busy-streak';

/**
 * The kernel sends ten segments at first (RFC 6928) and twice that a round trip later, before the
 * ACK of a PING behind the first ones can be here.
 */
const firstLimitBytes = 65_536;

/** A queue, as HyStart++ sees it (RFC 9406 section 4.3): an eighth of the round trip, in bounds. */
const queueShare = 1 / 8;
const leastQueueMs = 8;
const mostQueueMs = 24;

/**
 * While the rate may still double, what may be in flight is a multiple of what came in the last round
 * trip, BBR's startup gain (2 / ln 2), less once something queues; and a constant, or what comes from
 * one ACK to the next, where that is more.
 */
const freeGain = 2.89;
const queuedGain = 1.75;
const spareBytes = 32_768;

/**
 * To be a round trip behind the kernel costs bulk more than a queue costs what is urgent where that
 * waits for the round trip anyway. On such paths the limit is a round trip ahead: what came in the last
 * one doubles in the kernel's slow start, and doubles again.
 */
const longRttMs = 300;
const longGain = 4;

/**
 * While bytes queue, their rate tells what the line carries before a round trip is over, unless it is
 * the kernel that holds them back. With more than this in flight a queue of one round trip, which is
 * common, would overflow, and the lost bytes cost another round trip.
 */
const trainGain = 1.5;

/** BBR's check for a full pipe: so many rounds in which the rate did not grow noticeably. */
const flatRounds = 3;

/** An ACK: so many bytes of the session have arrived, so many more than before. */
export interface Acknowledged extends StreakAck {
  readonly newBytes: number;
  readonly rttMs: number;
  readonly isAppLimited: boolean;
  /** How long it is from one ACK to the next. */
  readonly spacingMs: number;
}

interface Path {
  readonly baseRttMs: number;
  readonly bytesPerMs: number;
}

/**
 * The limit while nothing is known of the path: it stays a little ahead of the kernel's slow start,
 * by growing with what is acknowledged, until bytes queue and come no faster.
 */
export class StartupPhase {
  #limitBytes = firstLimitBytes;
  /** What the path carries as far as is known; no limit while the app does not use it. */
  #pathBytes = Infinity;
  /** Most that was in flight in this round. */
  #peakBytes = 0;
  #fullBytesPerMs = 0;
  #flatRounds = 0;
  readonly #streak = new BusyStreak();
  /** Highest rate of bytes that queued. */
  #trainBytesPerMs = 0;
  /** Added to what the line was seen to carry, while nothing queues. */
  #freeBytes = 0;
  #flatBytesPerMs = 0;

  get isRunning(): boolean {
    return this.#flatRounds < flatRounds;
  }

  limitBytes({ baseRttMs, bytesPerMs }: Path): number {
    if (baseRttMs >= longRttMs && baseRttMs < Infinity)
      return firstLimitBytes + longGain * bytesPerMs * baseRttMs;
    const trainBytes =
      this.#trainBytesPerMs > 0
        ? trainGain * this.#trainBytesPerMs * baseRttMs + spareBytes + this.#freeBytes
        : Infinity;
    const pathBytes = Math.min(this.#pathBytes, trainBytes);
    return Math.min(this.#limitBytes, Math.max(firstLimitBytes, pathBytes));
  }

  /** The rate at which bytes came when the pipe was found full; 0 where it was not. */
  get fullBytesPerMs(): number {
    return this.#flatBytesPerMs;
  }

  /** Bytes left; so many are in flight now. */
  submit(inFlightBytes: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, inFlightBytes);
  }

  /** After a pause nothing tells what the path carries, until bytes follow on ACKs. */
  resume(): void {
    this.#pathBytes = Infinity;
    this.#trainBytesPerMs = 0;
  }

  /** The first `bytes` of the session have arrived, `newBytes` more than before. */
  acknowledge(acknowledged: Acknowledged, { baseRttMs, bytesPerMs }: Path): void {
    const { newBytes, rttMs, isAppLimited, spacingMs } = acknowledged;
    // The kernel's window grows by what is acknowledged too, while at least half of it is used.
    if (2 * this.#peakBytes >= this.#limitBytes) this.#limitBytes += newBytes;
    const queueMs = Math.min(mostQueueMs, Math.max(leastQueueMs, queueShare * baseRttMs));
    const isQueued = rttMs > baseRttMs + queueMs;
    if (!isAppLimited) {
      const gain = isQueued ? queuedGain : freeGain;
      const newsBytes = Math.max(spareBytes, bytesPerMs * spacingMs);
      this.#pathBytes = gain * bytesPerMs * baseRttMs + newsBytes;
    }
    this.#streak.add(acknowledged, baseRttMs, isQueued);
    this.#trainBytesPerMs = Math.max(this.#trainBytesPerMs, this.#streak.trainBytesPerMs);
    this.#freeBytes = isQueued ? 0 : this.#freeBytes + freeGain * newBytes;
    this.#flatBytesPerMs = this.#streak.flatBytesPerMs(baseRttMs);
    if (this.#flatBytesPerMs > 0) this.#flatRounds = flatRounds;
  }

  /** A round in which the app had too little to send proves nothing against growth. */
  endRound(bytesPerMs: number, isAppLimited: boolean, inFlightBytes: number): void {
    this.#peakBytes = inFlightBytes;
    if (bytesPerMs >= this.#fullBytesPerMs * noticeableGrowth) {
      this.#fullBytesPerMs = bytesPerMs;
      this.#flatRounds = 0;
    } else if (!isAppLimited) this.#flatRounds += 1;
  }
}
