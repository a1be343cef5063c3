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

/** So many ACKs in a row that queued tell whether the rate still grows. */
const streakLength = 6;

/** BBR's check for a full pipe: three rounds in which the rate grew by less than a quarter. */
const noticeableGrowth = 1.25;
const flatRounds = 3;

interface Arrival {
  readonly bytes: number;
  readonly ms: number;
}

/** An ACK: so many bytes of the session have arrived, so many more than before. */
export interface Acknowledged {
  readonly bytes: number;
  readonly newBytes: number;
  readonly rttMs: number;
  readonly nowMs: number;
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
  /** The ACK before a queue, and those in it, the latest last. */
  #streak: Arrival[] = [];
  #streakBytesPerMs = 0;

  get isRunning(): boolean {
    return this.#flatRounds < flatRounds;
  }

  limitBytes({ baseRttMs, bytesPerMs }: Path): number {
    if (baseRttMs >= longRttMs && baseRttMs < Infinity)
      return firstLimitBytes + longGain * bytesPerMs * baseRttMs;
    return Math.min(this.#limitBytes, Math.max(firstLimitBytes, this.#pathBytes));
  }

  /** The rate at which bytes came when the pipe was found full; 0 where it was not. */
  get fullBytesPerMs(): number {
    return this.#streakBytesPerMs;
  }

  /** Bytes left; so many are in flight now. */
  submit(inFlightBytes: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, inFlightBytes);
  }

  /** After a pause nothing tells what the path carries, until bytes follow on ACKs. */
  resume(): void {
    this.#pathBytes = Infinity;
  }

  /** The first `bytes` of the session have arrived, `newBytes` more than before. */
  acknowledge(acknowledged: Acknowledged, { baseRttMs, bytesPerMs }: Path): void {
    const { bytes, newBytes, rttMs, nowMs, isAppLimited, spacingMs } = acknowledged;
    // The kernel's window grows by what is acknowledged too, while at least half of it is used.
    if (2 * this.#peakBytes >= this.#limitBytes) this.#limitBytes += newBytes;
    const queueMs = Math.min(mostQueueMs, Math.max(leastQueueMs, queueShare * baseRttMs));
    const isQueued = rttMs > baseRttMs + queueMs;
    if (!isQueued) this.#streak = [];
    if (!isAppLimited) {
      const gain = isQueued ? queuedGain : freeGain;
      const newsBytes = Math.max(spareBytes, bytesPerMs * spacingMs);
      this.#pathBytes = gain * bytesPerMs * baseRttMs + newsBytes;
    }
    this.#streak.push({ bytes, ms: nowMs });
    if (this.#isFull(baseRttMs)) this.#flatRounds = flatRounds;
  }

  /** A round in which the app had too little to send proves nothing against growth. */
  endRound(bytesPerMs: number, isAppLimited: boolean, inFlightBytes: number): void {
    this.#peakBytes = inFlightBytes;
    if (bytesPerMs >= this.#fullBytesPerMs * noticeableGrowth) {
      this.#fullBytesPerMs = bytesPerMs;
      this.#flatRounds = 0;
    } else if (!isAppLimited) this.#flatRounds += 1;
  }

  /**
   * Whether bytes have queued for a round trip, and the later half came no faster than the earlier.
   * Where it is the kernel that holds them, in its slow start, they do come faster.
   */
  #isFull(baseRttMs: number): boolean {
    const last = this.#streak.length - 1;
    const latest = this.#streak[last];
    for (let from = last - streakLength; from >= 0; from--) {
      const first = this.#streak[from];
      if (first === undefined || latest === undefined || latest.ms - first.ms < baseRttMs) continue;
      // By time, not by number: in slow start ACKs come in bursts, with a pause between.
      const halfMs = (first.ms + latest.ms) / 2;
      const middle = this.#streak.find(({ ms }, at) => at > from && ms >= halfMs) ?? latest;
      this.#streakBytesPerMs = rateBetween(first, latest);
      return rateBetween(middle, latest) < noticeableGrowth * rateBetween(first, middle);
    }
    return false;
  }
}

function rateBetween(first: Arrival, last: Arrival): number {
  return (last.bytes - first.bytes) / Math.max(1, last.ms - first.ms);
}
