/** So many ACKs in a row that queued tell at what rate bytes come. */
const streakLength = 4;

/** A rate over fewer bytes, or a single ACK, would be that of a burst. */
const trainBytes = 32_768;
const trainLength = 2;

/** In BBR's check for a full pipe a rate that is lower than so many times the one before is no growth. */
export const noticeableGrowth = 1.25;

/** Bytes that the kernel's slow start holds back come about twice as fast in each round trip. */
const kernelGrowth = 3;

/** The part of the time between two ACKs in which the line may have been idle all the same. */
const idleShare = 1 / 4;

interface Arrival {
  readonly bytes: number;
  readonly ms: number;
}

/** The ACK of a PING: when that left, and behind how many bytes of the session. */
export interface StreakAck {
  readonly bytes: number;
  readonly sentMs: number;
  readonly nowMs: number;
}

/**
 * ACKs that came one after another while the line was busy; how fast they came is how fast the line is.
 *
 * The line was busy between two of them if the bytes before the later PING were given to Node before
 * the earlier one had left the queue of the bottleneck, which is a round trip of the empty path before
 * its ACK came. Else there may have been a pause in between, of the app or of the limit, and the streak
 * begins anew: as in BBR (draft-ietf-ccwg-bbr), samples that the app limited say nothing.
 */
export class BusyStreak {
  /** The ACK before, and those in the streak, the latest last. */
  #arrivals: Arrival[] = [];
  #lastMs = -Infinity;

  /** @param isQueued Whether the ACK is as late as one behind a queue is. */
  add({ bytes, sentMs, nowMs }: StreakAck, baseRttMs: number, isQueued: boolean): void {
    const idleMs = sentMs - (this.#lastMs - baseRttMs);
    const wasBusy = idleMs <= idleShare * (nowMs - this.#lastMs);
    if (!isQueued || !wasBusy) this.#arrivals = [];
    this.#lastMs = nowMs;
    this.#arrivals.push({ bytes, ms: nowMs });
  }

  /** Rate over the whole streak; 0 where that is too short to tell, or may be the kernel's. */
  get trainBytesPerMs(): number {
    const [first] = this.#arrivals;
    const latest = this.#arrivals[this.#arrivals.length - 1];
    if (first === undefined || latest === undefined) return 0;
    const isShort = this.#arrivals.length <= trainLength || latest.bytes - first.bytes < trainBytes;
    return isShort || this.#grows(first, latest, kernelGrowth) ? 0 : rateBetween(first, latest);
  }

  /**
   * The rate of the last round trip, if bytes queued for all of it and the later half came no faster
   * than the earlier; else 0. Where it is the kernel that holds them, in its slow start, they do.
   */
  flatBytesPerMs(baseRttMs: number): number {
    const last = this.#arrivals.length - 1;
    const latest = this.#arrivals[last];
    for (let from = last - streakLength; from >= 0; from--) {
      const first = this.#arrivals[from];
      if (first === undefined || latest === undefined || latest.ms - first.ms < baseRttMs) continue;
      return this.#grows(first, latest, noticeableGrowth) ? 0 : rateBetween(first, latest);
    }
    return 0;
  }

  /** Whether bytes came so many times faster in the later half than in the earlier. */
  #grows(first: Arrival, latest: Arrival, growth: number): boolean {
    // By time, not by number: in slow start ACKs come in bursts, with a pause between.
    const halfMs = (first.ms + latest.ms) / 2;
    const middle = this.#arrivals.find(({ ms }) => ms > first.ms && ms >= halfMs) ?? latest;
    return rateBetween(middle, latest) >= growth * rateBetween(first, middle);
  }
}

function rateBetween(first: Arrival, last: Arrival): number {
  return (last.bytes - first.bytes) / Math.max(1, last.ms - first.ms);
}
