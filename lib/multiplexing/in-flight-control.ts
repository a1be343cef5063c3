import { AckJitter } from './ack-jitter';
import { Pacer } from './pacer';
import { PathEstimate } from './path-estimate';
import { StartupPhase, type Acknowledged } from './startup-phase';

/** Sends one PING; `acknowledged` gets its round trip. @returns False when none could be sent. */
export type Ping = (acknowledged: (rttMs: number | undefined) => void) => boolean;

/** PINGs on their way at a time; Node's `maxOutstandingPings` is 10, and uploads need one. */
const maxPings = 8;

/** Least time between PINGs, and its share of the round trip: at most 100 a second. */
const minPingGapMs = 10;
const pingsPerRtt = 6;

/** The gap until the round trip is known. */
const firstPingGapMs = 25;

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
 * A piece of one response: a frame, less where the line is slow, more where it takes a frame in less
 * than a millisecond.
 */
const frameBytes = 16_384;
const leastPieceBytes = 4096;
const mostPieceBytes = 131_072;
const pieceMs = 8;

/**
 * On longer paths the startup is not limited: to be a round trip behind the kernel costs bulk more
 * than a queue costs what is urgent, which waits for the round trip anyway.
 */
const longRttMs = 300;

/** Shorter paths are not limited as long as they answer within {@link promptMs}, and are not slow. */
const fastRttMs = 3;
const promptMs = 10;
const fastBytesPerMs = 12_500;

/** What may go at once on a fast path: what that takes so long for, if nobody shares it, and if others do. */
const aloneMs = 20;
const sharedMs = 5;

/** A peer that has not acknowledged a PING for so long is taken to ignore them. */
const firstSilenceMs = 300;
const silenceMs = 2000;
const silentRtts = 4;

/** An event loop that is later than this has left the line idle, which says nothing about the line. */
const lateMs = 8;

/**
 * The limit is a guess until the round trip shows a queue: where a whole round shows none though the
 * limit was used up, the path carries more, and the limit grows; where it shows one it shrinks back.
 */
const gainStep = 1.25;
const mostGain = 3;

/** A PING on its way, and what was known when it left. */
interface Mark {
  readonly sentMs: number;
  readonly inFlightBytes: number;
  /** Bytes that left before it. */
  readonly bytes: number;
  readonly ackedBytes: number;
  readonly ackedMs: number;
  readonly ackedSentMs: number;
  readonly isAppLimited: boolean;
}

/** What had been acknowledged when a round of data ended. */
interface RoundEnd {
  readonly ackedBytes: number;
  readonly ackedMs: number;
  readonly isAppLimited: boolean;
}

const noRound: RoundEnd = { ackedBytes: 0, ackedMs: 0, isAppLimited: true };

/**
 * Says how many bytes of one session may be on their way, so that the buffers of Node, the kernel
 * and the bottleneck stay short, and a late urgent response overtakes.
 *
 * PINGs leave with the data. An ACK proves that the bytes before the PING arrived: that gives the
 * rate of delivery and the round trip, and from them the limit
 *
 *     rate * (round trip of the empty path + what may stand in the queue)
 *
 * The parts are known: rate samples, startup, draining and pacing are BBR's (Cardwell et al., "BBR:
 * Congestion-Based Congestion Control", 2016; draft-ietf-ccwg-bbr); PINGs as the clock are from
 * grpc-go's BDP estimation; a small standing queue, which finds more bandwidth without probing, is
 * from TCP Vegas (Brakmo and Peterson 1995). The kernel's own control remains below and decides when
 * there is loss: this only keeps it from being handed more than it can send.
 *
 * Where it cannot know, it does not limit: the peer ignores PINGs, or answers at once (loopback).
 */
export class InFlightControl {
  readonly #ping: Ping;
  readonly #estimate = new PathEstimate();
  readonly #startup = new StartupPhase();
  readonly #pacer = new Pacer();
  readonly #jitter = new AckJitter();
  readonly #marks = new Set<Mark>();
  #submittedBytes = 0;
  #writtenBytes = 0;
  #ackedBytes = 0;
  #ackedMs = 0;
  #ackedSentMs = 0;
  #markedBytes = 0;
  #lastPingMs = -Infinity;
  /** When the caller, who waits, should be back. */
  #wakeMs = Infinity;
  #lastSubmitMs = 0;
  #appLimitedBytes = 0;
  #round = 0;
  #roundEndBytes = 0;
  #rounds: [older: RoundEnd, newer: RoundEnd] = [noRound, noRound];
  /** Round trips in the current round of data, and how many. */
  #roundRttMs = 0;
  #roundAcks = 0;
  #gain = 1;
  #isDraining = false;
  /** Since the queue was emptied, or since the startup. */
  #steadyRounds = 0;
  #isCongested = false;
  #isSilent = false;
  #pings = 0;

  constructor(ping: Ping) {
    this.#ping = ping;
  }

  /** Bytes given to Node whose arrival is not known. */
  get inFlightBytes(): number {
    return this.#submittedBytes - this.#ackedBytes;
  }

  /** PINGs sent so far. */
  get pings(): number {
    return this.#pings;
  }

  get estimate(): Pick<PathEstimate, 'bytesPerMs' | 'baseRttMs'> {
    return this.#estimate;
  }

  /** Whether the limit is known, so that what is given is on its way, and more follows soon. */
  get isSteady(): boolean {
    return !this.#startup.isRunning && !this.#isDraining && this.limitBytes < Infinity;
  }

  /** Whether the path answers so fast that larger pieces delay nobody. */
  get isFast(): boolean {
    const { baseRttMs, bytesPerMs } = this.#estimate;
    const isSlow = bytesPerMs > 0 && bytesPerMs < fastBytesPerMs;
    return baseRttMs < fastRttMs && !this.#isCongested && !isSlow;
  }

  /** What may go to Node without waiting for its turn: 0 where the path is not known to be fast. */
  straightBytes(isAlone: boolean): number {
    return this.isFast ? (isAlone ? aloneMs : sharedMs) * this.#estimate.bytesPerMs : 0;
  }

  /** `Infinity` where nothing is to be limited. */
  get limitBytes(): number {
    if (this.#isSilent || this.isFast) return Infinity;
    const { bytesPerMs, baseRttMs } = this.#estimate;
    const isLong = baseRttMs >= longRttMs && baseRttMs < Infinity;
    if (isLong && this.#startup.isRunning) return Infinity;
    if (this.#startup.isRunning) return this.#startup.limitBytes;
    const productBytes = bytesPerMs * baseRttMs;
    if (this.#isDraining) return drainShare * productBytes + bytesPerMs * this.#pingGapMs();
    const standingBytes = bytesPerMs * this.#standingMs();
    return this.#gain * (productBytes + standingBytes) + this.pieceBytes;
  }

  /** What one response should send at a time: what the line takes about 8 ms for, or 1 ms. */
  get pieceBytes(): number {
    const bytesPerMs = Math.round(this.#estimate.bytesPerMs);
    if (bytesPerMs === 0 || this.#isSilent) return frameBytes;
    if (bytesPerMs > frameBytes) return Math.min(mostPieceBytes, bytesPerMs);
    return Math.min(frameBytes, Math.max(leastPieceBytes, pieceMs * bytesPerMs));
  }

  /** What to give Node at a time at most, so that PINGs leave between; a late turn has to make up. */
  get batchBytes(): number {
    if (this.#isSilent) return frameBytes;
    const shareBytes = Math.max(this.limitBytes / pingsPerRtt, this.#pacer.earnedBytes);
    return Math.max(this.pieceBytes, Math.floor(shareBytes));
  }

  /** Something waits again after nothing did. */
  resume(nowMs: number): void {
    const { baseRttMs } = this.#estimate;
    const pauseMs = nowMs - this.#lastSubmitMs;
    this.#pacer.resume(nowMs);
    this.#wakeMs = Infinity;
    // Old bytes that no PING covered have arrived by now, or it does not matter any more.
    const isOld = this.#marks.size === 0 && pauseMs > 2 * baseRttMs + queueMs;
    if (isOld || this.inFlightBytes <= 0) this.#forget(nowMs);
    if (2 * this.inFlightBytes >= this.limitBytes) return;
    this.#appLimitedBytes = this.#submittedBytes;
    this.#startup.resume();
  }

  submit(bytes: number, nowMs: number): void {
    this.#pacer.room(nowMs, this.#pacedRate(), this.pieceBytes);
    this.#pacer.spend(bytes);
    this.#submittedBytes += bytes;
    this.#startup.submit(this.inFlightBytes);
    this.#lastSubmitMs = nowMs;
  }

  /** So many of the submitted bytes are held back; they are submitted again when they leave. */
  revoke(bytes: number): void {
    this.#submittedBytes -= bytes;
  }

  /** Node has written so many of the submitted bytes, or will never. */
  written(bytes: number): void {
    this.#writtenBytes += bytes;
  }

  /** How many bytes may be submitted now. */
  roomBytes(nowMs: number): number {
    if (nowMs > this.#wakeMs + lateMs) this.#appLimitedBytes = this.#submittedBytes;
    const room = this.limitBytes - this.inFlightBytes;
    if (room === Infinity) return room;
    const pacedBytes = this.#pacer.room(nowMs, this.#pacedRate(), this.pieceBytes);
    // With nothing on its way no ACK would come, and nothing would ever make room.
    if (this.inFlightBytes <= 0) return Math.max(Math.floor(room), this.pieceBytes);
    return Math.floor(Math.min(room, pacedBytes));
  }

  /**
   * Sends a PING if one is due, and gives up on a silent peer. To be called while something waits.
   *
   * @param hasData Whether data follows in the same turn: a PING of its own is a packet of its own.
   * @param answered Called after each ACK that changed something.
   * @returns Milliseconds after which to call again at the latest.
   */
  tick(nowMs: number, hasData: boolean, answered: () => void): number {
    this.#listen(nowMs);
    const gapMs = this.#pingGapMs();
    const dueMs = this.#lastPingMs + gapMs - nowMs;
    if (this.#isPingDue(dueMs, hasData)) this.#send(nowMs, answered);
    const creditMs = this.#pacer.waitMs(this.#pacedRate(), this.pieceBytes);
    const againMs = Math.max(1, Math.min(creditMs, dueMs > 0 ? dueMs : gapMs));
    this.#wakeMs = hasData ? Infinity : nowMs + againMs;
    return againMs;
  }

  /** Nothing waits any more: one more PING tells when the last bytes arrive. */
  finish(nowMs: number, answered: () => void): void {
    const isWorthIt = !this.#isSilent && !this.isFast && this.#writtenBytes > this.#markedBytes;
    if (isWorthIt && nowMs >= this.#lastPingMs + this.#pingGapMs()) this.#send(nowMs, answered);
  }

  /**
   * With data, in time; of its own, where nothing else would tell, or long overdue. In the startup,
   * where the limit is what is waited for, after a part of it.
   */
  #isPingDue(dueMs: number, hasData: boolean): boolean {
    if (this.#isSilent) return false;
    if (this.#marks.size === 0) return dueMs <= 0;
    const newBytes = this.#writtenBytes - this.#markedBytes;
    if (newBytes === 0) return false;
    if (dueMs <= 0) return hasData || dueMs < -2 * this.#pingGapMs();
    return this.#startup.isRunning && newBytes * pingsPerRtt >= this.limitBytes;
  }

  #send(nowMs: number, answered: () => void): void {
    if (this.#marks.size >= maxPings) return;
    const mark: Mark = {
      sentMs: nowMs,
      inFlightBytes: this.inFlightBytes,
      bytes: this.#writtenBytes,
      ackedBytes: this.#ackedBytes,
      ackedMs: this.#ackedMs,
      ackedSentMs: this.#ackedSentMs,
      isAppLimited: this.#appLimitedBytes >= this.#ackedBytes,
    };
    this.#lastPingMs = nowMs;
    this.#marks.add(mark);
    const isSent = this.#ping((rttMs) => {
      this.#marks.delete(mark);
      if (rttMs === undefined) return;
      this.#acknowledge(mark, rttMs, mark.sentMs + rttMs);
      answered();
    });
    if (isSent) {
      this.#pings += 1;
      this.#markedBytes = mark.bytes;
      return;
    }
    this.#marks.delete(mark);
    // Nobody would ever tell what has arrived.
    if (this.#marks.size === 0) this.#isSilent = true;
  }

  #acknowledge(mark: Mark, rttMs: number, nowMs: number): void {
    this.#isSilent = false;
    if (rttMs > promptMs) this.#isCongested = true;
    this.#estimate.addRtt(rttMs, nowMs);
    this.#roundRttMs += rttMs;
    this.#roundAcks += 1;
    this.#noteJitter(mark, rttMs);
    if (this.#isDraining && rttMs <= 1.1 * this.#estimate.baseRttMs + 1) this.#endDrain();
    const newBytes = mark.bytes - this.#ackedBytes;
    if (newBytes <= 0) return;
    this.#ackedBytes = mark.bytes;
    const spanMs = Math.max(nowMs - mark.ackedMs, mark.sentMs - mark.ackedSentMs);
    this.#ackedMs = nowMs;
    this.#ackedSentMs = mark.sentMs;
    const bytesPerMs = (mark.bytes - mark.ackedBytes) / spanMs;
    const isNews = !mark.isAppLimited || bytesPerMs > this.#estimate.bytesPerMs;
    // The first mark has no ACK before it to measure from.
    if (mark.ackedMs > 0 && isNews && this.#startup.isRunning)
      this.#estimate.addRate(bytesPerMs, this.#round);
    if (this.#startup.isRunning) {
      const { bytes, isAppLimited } = mark;
      this.#start({ bytes, newBytes, rttMs, nowMs, isAppLimited });
    }
    if (this.#ackedBytes >= this.#roundEndBytes) this.#endRound(mark.isAppLimited);
  }

  #start(acknowledged: Acknowledged): void {
    this.#startup.acknowledge(acknowledged, this.#estimate);
    if (!this.#startup.isRunning) this.#estimate.settle(this.#startup.fullBytesPerMs, this.#round);
  }

  /** Only in a queue of known length is it known what the bytes before the PING explain. */
  #noteJitter(mark: Mark, rttMs: number): void {
    const { bytesPerMs, baseRttMs } = this.#estimate;
    if (this.#steadyRounds === 0 || this.#isDraining || bytesPerMs === 0) return;
    this.#jitter.note(rttMs - Math.max(baseRttMs, mark.inFlightBytes / bytesPerMs));
  }

  #endRound(isAppLimited: boolean): void {
    if (!isAppLimited) this.#round += 1;
    this.#roundEndBytes = this.#submittedBytes;
    this.#sampleRounds(isAppLimited);
    const isFilled = this.#startup.isRunning || this.#steadyRounds > 1;
    if (isFilled && this.#roundRttMs < (promptMs / 2) * this.#roundAcks) this.#isCongested = false;
    if (this.#startup.isRunning)
      this.#startup.endRound(this.#estimate.bytesPerMs, isAppLimited, this.inFlightBytes);
    else {
      // The round after the queue was emptied begins with an empty queue; it proves nothing.
      if (!isAppLimited && this.#steadyRounds > 1) this.#adjustGain();
      this.#steadyRounds += 1;
      if (this.#isDraining) this.#endDrain();
      this.#isDraining = this.#estimate.shouldProbe();
    }
    this.#roundRttMs = 0;
    this.#roundAcks = 0;
  }

  #endDrain(): void {
    this.#isDraining = false;
    this.#steadyRounds = 0;
  }

  #adjustGain(): void {
    const { baseRttMs } = this.#estimate;
    const queuedMs = this.#roundRttMs / this.#roundAcks - baseRttMs;
    const wantedMs = Math.max(queueMs, queueShare * baseRttMs);
    if (queuedMs < wantedMs / 2) this.#gain = Math.min(mostGain, this.#gain * gainStep);
    else if (queuedMs > wantedMs) this.#gain = Math.max(1, this.#gain / gainStep);
  }

  /** Over two rounds, for a late ACK that ends one begins the other. */
  #sampleRounds(isAppLimited: boolean): void {
    const [older, newer] = this.#rounds;
    const bytesPerMs = (this.#ackedBytes - older.ackedBytes) / (this.#ackedMs - older.ackedMs);
    const isLimited = isAppLimited || newer.isAppLimited;
    const isNews = !isLimited || bytesPerMs > this.#estimate.bytesPerMs;
    if (older.ackedMs > 0 && isNews) this.#estimate.addRate(bytesPerMs, this.#round);
    this.#rounds = [newer, { ackedBytes: this.#ackedBytes, ackedMs: this.#ackedMs, isAppLimited }];
  }

  #forget(nowMs: number): void {
    this.#ackedBytes = this.#submittedBytes;
    this.#writtenBytes = this.#submittedBytes;
    this.#markedBytes = this.#submittedBytes;
    this.#ackedMs = nowMs;
    this.#ackedSentMs = nowMs;
    this.#rounds = [noRound, noRound];
    this.#isCongested = false;
  }

  /** Where ACKs are late the path is not fast; where they never come it cannot be known. */
  #listen(nowMs: number): void {
    const [oldest] = this.#marks;
    if (oldest === undefined) return;
    const { baseRttMs } = this.#estimate;
    const lateMs = nowMs - oldest.sentMs;
    if (lateMs > promptMs) this.#isCongested = true;
    const patienceMs =
      baseRttMs === Infinity ? firstSilenceMs : Math.max(silenceMs, silentRtts * baseRttMs);
    if (lateMs > patienceMs) this.#isSilent = true;
  }

  /** How long the queue of the bottleneck may be, and how late an ACK. */
  #standingMs(): number {
    const queuedMs = Math.max(queueMs, queueShare * this.#estimate.baseRttMs);
    return queuedMs + this.#pingGapMs() + this.#jitter.ms;
  }

  #pingGapMs(): number {
    const { baseRttMs } = this.#estimate;
    return baseRttMs === Infinity
      ? firstPingGapMs
      : Math.max(minPingGapMs, baseRttMs / pingsPerRtt);
  }

  /** The startup is paced by the kernel, whose window is what is waited for then. */
  #pacedRate(): number {
    return this.#startup.isRunning ? 0 : this.#estimate.bytesPerMs;
  }
}
