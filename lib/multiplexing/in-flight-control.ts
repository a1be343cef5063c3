import { DataRounds } from './data-rounds';
import { Pacer } from './pacer';
import { PathEstimate } from './path-estimate';
import { frameBytes, pieceBytesFor } from './piece-size';
import { PingClock, pingsPerRtt, type Ping } from './ping-clock';
import { SentBytes, type Arrival, type Mark } from './sent-bytes';
import { StandingQueue } from './standing-queue';
import { StartupPhase } from './startup-phase';

/** Shorter paths are not limited as long as they answer promptly, and are not slow. */
const fastRttMs = 3;
const fastBytesPerMs = 12_500;

/** What may go at once on a fast path: what that takes so long for, if nobody shares it, and if others do. */
const aloneMs = 20;
const sharedMs = 5;

/** An event loop that is later than this has left the line idle, which says nothing about the line. */
const lateMs = 8;

/** After a pause of two round trips and this, what no PING covered has arrived. */
const settledMs = 15;

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
 * grpc-go's BDP estimation. The kernel's own control remains below and decides when there is loss:
 * this only keeps it from being handed more than it can send.
 *
 * Where it cannot know, it does not limit: the peer ignores PINGs, or answers at once (loopback).
 */
export class InFlightControl {
  readonly #sent = new SentBytes();
  readonly #estimate = new PathEstimate();
  readonly #startup = new StartupPhase();
  readonly #queue = new StandingQueue(this.#estimate);
  readonly #rounds = new DataRounds();
  readonly #pacer = new Pacer();
  readonly #clock: PingClock;
  /** When the caller, who waits, should be back. */
  #wakeMs = Infinity;
  #lastSubmitMs = 0;

  /** @param idleMs How long the event loop has waited for events so far. */
  constructor(ping: Ping, idleMs: () => number) {
    this.#clock = new PingClock(ping, this.#estimate, idleMs);
  }

  /** Bytes given to Node whose arrival is not known. */
  get inFlightBytes(): number {
    return this.#sent.inFlightBytes;
  }

  /** PINGs sent so far. */
  get pings(): number {
    return this.#clock.sent;
  }

  get estimate(): Pick<PathEstimate, 'bytesPerMs' | 'baseRttMs'> {
    return this.#estimate;
  }

  /** Whether the limit is known, so that what is given is on its way, and more follows soon. */
  get isSteady(): boolean {
    return !this.#startup.isRunning && !this.#queue.isDraining && this.limitBytes < Infinity;
  }

  /** Whether the path answers so fast that larger pieces delay nobody. */
  get isFast(): boolean {
    const { baseRttMs, bytesPerMs } = this.#estimate;
    const isSlow = !this.#startup.isRunning && bytesPerMs < fastBytesPerMs;
    return baseRttMs < fastRttMs && !this.#clock.isLate && !isSlow;
  }

  /** What may go to Node without waiting for its turn: 0 where the path is not known to be fast. */
  straightBytes(isAlone: boolean): number {
    return this.isFast ? (isAlone ? aloneMs : sharedMs) * this.#estimate.bytesPerMs : 0;
  }

  /** `Infinity` where nothing is to be limited. */
  get limitBytes(): number {
    if (this.#clock.isSilent || this.isFast) return Infinity;
    if (this.#startup.isRunning) return this.#startup.limitBytes(this.#estimate);
    return this.#queue.limitBytes(this.#clock.spacingMs, this.pieceBytes);
  }

  /** What one response should send at a time. */
  get pieceBytes(): number {
    return pieceBytesFor(this.#clock.isSilent ? 0 : this.#estimate.bytesPerMs);
  }

  /** What to give Node at a time at most, so that PINGs leave between; a late turn has to make up. */
  get batchBytes(): number {
    if (this.#clock.isSilent) return frameBytes;
    const shareBytes = Math.max(this.limitBytes / pingsPerRtt, this.#pacer.earnedBytes);
    return Math.max(this.pieceBytes, Math.floor(shareBytes));
  }

  /** Something waits again after nothing did. */
  resume(nowMs: number): void {
    const pauseMs = nowMs - this.#lastSubmitMs;
    this.#pacer.resume(nowMs);
    this.#wakeMs = Infinity;
    // Old bytes that no PING covered have arrived by now, or it does not matter any more.
    const oldMs = 2 * this.#estimate.baseRttMs + settledMs;
    const isOld = this.#clock.oldest === undefined && pauseMs > oldMs;
    if (isOld || this.inFlightBytes <= 0) this.#forget(nowMs);
    if (2 * this.inFlightBytes >= this.limitBytes) return;
    this.#sent.limitedByApp();
    this.#startup.resume();
  }

  submit(bytes: number, nowMs: number): void {
    this.#pacer.room(nowMs, this.#pacedRate(), this.pieceBytes);
    this.#pacer.spend(bytes);
    this.#sent.submit(bytes);
    this.#startup.submit(this.inFlightBytes);
    this.#lastSubmitMs = nowMs;
  }

  /** So many of the submitted bytes are held back; they are submitted again when they leave. */
  revoke(bytes: number): void {
    this.#sent.revoke(bytes);
  }

  /** Node has written so many of the submitted bytes, or will never. */
  written(bytes: number): void {
    this.#sent.written(bytes);
  }

  /** How many bytes may be submitted now. */
  roomBytes(nowMs: number): number {
    if (nowMs > this.#wakeMs + lateMs) this.#sent.limitedByApp();
    const limitBytes = this.limitBytes;
    if (limitBytes === Infinity) return Infinity;
    const room = limitBytes + this.#overdueBytes(nowMs) - this.inFlightBytes;
    const pacedBytes = this.#pacer.room(nowMs, this.#pacedRate(), this.pieceBytes);
    // With nothing on its way no ACK would come, and nothing would ever make room.
    if (this.inFlightBytes <= 0) return Math.max(Math.floor(room), this.pieceBytes);
    return Math.floor(Math.min(room, pacedBytes));
  }

  /**
   * Sends a PING if one is due, and gives up on a silent peer. To be called while something waits.
   *
   * @param hasData Whether data follows in the same turn.
   * @param answered Called after each ACK that changed something.
   * @returns Milliseconds after which to call again at the latest.
   */
  tick(nowMs: number, hasData: boolean, answered: () => void): number {
    this.#clock.listen(nowMs);
    const dueMs = this.#clock.waitMs(nowMs);
    const newBytes = this.#sent.unmarkedBytes;
    // In the startup the limit is what is waited for: an ACK for a part of it is news.
    const isAwaited = this.#startup.isRunning && newBytes * pingsPerRtt >= this.limitBytes;
    if (this.#clock.isDue(nowMs, hasData, newBytes, isAwaited)) this.#send(nowMs, answered);
    const creditMs = this.#pacer.waitMs(this.#pacedRate(), this.pieceBytes);
    const againMs = Math.max(1, Math.min(creditMs, dueMs > 0 ? dueMs : this.#clock.gapMs));
    this.#wakeMs = hasData ? Infinity : nowMs + againMs;
    return againMs;
  }

  /** Nothing waits any more: one more PING tells when the last bytes arrive. */
  finish(nowMs: number, answered: () => void): void {
    const isWorthIt = !this.#clock.isSilent && !this.isFast && this.#sent.unmarkedBytes > 0;
    if (isWorthIt && this.#clock.waitMs(nowMs) <= 0) this.#send(nowMs, answered);
  }

  #overdueBytes(nowMs: number): number {
    const { oldest } = this.#clock;
    if (oldest === undefined || this.#startup.isRunning) return 0;
    return this.#queue.overdueBytes(nowMs - oldest.sentMs, oldest.inFlightBytes);
  }

  #send(nowMs: number, answered: () => void): void {
    const mark = this.#sent.mark(nowMs);
    const isSent = this.#clock.send(mark, (rttMs) => {
      this.#acknowledge(mark, rttMs);
      answered();
    });
    if (isSent) this.#sent.marked(mark);
  }

  #acknowledge(mark: Mark, rttMs: number): void {
    const nowMs = mark.sentMs + rttMs;
    this.#estimate.addRtt(rttMs, nowMs);
    this.#rounds.addRtt(rttMs);
    this.#queue.acknowledge(mark.inFlightBytes, rttMs);
    const arrival = this.#sent.acknowledge(mark, nowMs);
    if (arrival === undefined) return;
    if (this.#startup.isRunning) this.#start(mark, arrival, rttMs);
    if (this.#rounds.isOver(mark.bytes)) this.#endRound(nowMs, mark.isAppLimited);
  }

  #start({ bytes, sentMs, isAppLimited }: Mark, arrival: Arrival, rttMs: number): void {
    const { newBytes, bytesPerMs } = arrival;
    if (bytesPerMs !== undefined) this.#addRate(bytesPerMs, isAppLimited);
    const nowMs = sentMs + rttMs;
    const { spacingMs } = this.#clock;
    const acknowledged = { bytes, newBytes, rttMs, sentMs, nowMs, isAppLimited, spacingMs };
    this.#startup.acknowledge(acknowledged, this.#estimate);
    if (!this.#startup.isRunning)
      this.#estimate.settle(this.#startup.fullBytesPerMs, this.#rounds.count);
  }

  #endRound(ackedMs: number, isAppLimited: boolean): void {
    const { ackedBytes, submittedBytes } = this.#sent;
    const round = this.#rounds.end({ ackedBytes, ackedMs, isAppLimited }, submittedBytes);
    if (round.bytesPerMs !== undefined) this.#addRate(round.bytesPerMs, round.isRateLimited);
    if (this.#startup.isRunning)
      this.#startup.endRound(this.#estimate.bytesPerMs, isAppLimited, this.inFlightBytes);
    else this.#queue.endRound(round.meanRttMs, isAppLimited);
    if (isAppLimited || this.#queue.isOpen) this.#clock.endRound(round.meanRttMs);
  }

  /** Where the app sent too little, the path carries at least so much. */
  #addRate(bytesPerMs: number, isAppLimited: boolean): void {
    if (isAppLimited && bytesPerMs <= this.#estimate.bytesPerMs) return;
    this.#estimate.addRate(bytesPerMs, this.#rounds.count);
  }

  #forget(nowMs: number): void {
    this.#sent.forget(nowMs);
    this.#rounds.forget();
    this.#clock.relax();
  }

  /** The startup is paced by the kernel, whose window is what is waited for then. */
  #pacedRate(): number {
    return this.#startup.isRunning ? 0 : this.#estimate.bytesPerMs;
  }
}
