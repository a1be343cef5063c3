import { Batch } from './batch';
import type { GateCounters, SessionStats } from './gate-stats';
import type { GatedResponse } from './gated-response';
import type { Connection } from './connection';
import type { EventLoop } from './event-loop';
import { InFlightControl } from './in-flight-control';
import type { Ping } from './ping-clock';
import { PriorityScheduler } from './priority-scheduler';
import type { StreamPriority } from './stream-priority';

/** One HTTP/2 frame: what Node is given at a time where nothing is known, or the socket is slow. */
const leastBatchBytes = 16_384;

/** What Node is given at a time at most, where the socket takes everything at once. */
const mostBatchBytes = 4_194_304;

/** A piece of one response where the path is fast: what is waited for is the loop, not the line. */
const fastPieceBytes = 131_072;

/** What may pass behind a batch on a fast path: 20 ms of 100 Mbit/s, the slowest path that counts as fast. */
const mostPassingBytes = 262_144;

/** Bytes in Node over all sessions from which each session gets the least only. */
const crowdedBytes = 16_777_216;

/** How often a batch that does not leave is looked at. */
const checkMs = 50;

/** Every DATA frame has a header (RFC 9113 section 4.1). */
const frameHeaderBytes = 9;

/** After this long a batch counts as stuck whatever the connection looks like. */
const stuckMs = 2000;

/** A response that writes so little, not more often than this, is never made to wait (SSE). */
const trickleBytes = 1400;
const trickleMs = 50;

/**
 * Lets the responses of one session through to Node in the order of its scheduler, as much at a time
 * as the socket takes at once and as may be in flight, so that a late urgent response overtakes.
 *
 *     quiet --wait--> due --turn--> flying --written--> due | limited --ACK, time--> due | quiet
 *
 * - The first bytes wait for a turn: the urgent request may be the last one of the same read.
 * - Node stops reading a session's socket while a write is pending. So the next batch follows only
 *   when the last one is in the kernel, and after a turn in which Node reads what came meanwhile.
 * - A batch doubles while the socket takes everything at once, and halves when it does not.
 * - Bytes that the peer's stream window holds back never come back by themselves. They are found by
 *   looking whether the socket got them, and let go, so that they block only their own response.
 */
export class SessionGate {
  readonly #control: InFlightControl;
  readonly #connection: Connection;
  readonly #loop: EventLoop;
  readonly #counters: GateCounters;
  readonly #scheduler = new PriorityScheduler();
  readonly #gates = new Map<number, GatedResponse>();
  /** Responses that hold bytes, the one that has waited longest first. */
  readonly #waiting = new Set<GatedResponse>();
  readonly #unserved = new Set<GatedResponse>();
  /** Responses that may not send for now, whatever their priority. */
  readonly #held = new Set<GatedResponse>();
  /** Batches of which bytes stuck in Node, by the response whose they are. */
  readonly #stuck = new Map<GatedResponse, Batch>();
  #state: 'quiet' | 'due' | 'flying' | 'limited' = 'quiet';
  #batch: Batch | undefined;
  #batchBytes = leastBatchBytes;
  #passingBytes = 0;
  #overtakes = 0;
  #stalls = 0;
  #stopChecking: (() => void) | undefined;
  #stopTimer: (() => void) | undefined;
  readonly #due = () => this.#wake();

  constructor(connection: Connection, loop: EventLoop, counters: GateCounters) {
    this.#connection = connection;
    this.#loop = loop;
    this.#counters = counters;
    const ping: Ping = (acknowledged) => connection.ping(acknowledged);
    this.#control = new InFlightControl(ping, () => loop.idleMs());
  }

  stats(): SessionStats {
    const { estimate, inFlightBytes, limitBytes, pings } = this.#control;
    const { baseRttMs, bytesPerMs } = estimate;
    return {
      openByUrgency: this.#scheduler.countByUrgency(),
      inFlightBytes,
      limitBytes,
      rttMs: baseRttMs === Infinity ? undefined : baseRttMs,
      bytesPerSecond: Math.round(1000 * bytesPerMs),
      pings,
      overtakes: this.#overtakes,
      stalls: this.#stalls,
    };
  }

  /**
   * Whether so many bytes may go to Node at once: nothing waits, and they are soon gone. A batch that is
   * on its way is in their way, unless the path is fast and the socket has taken as much at once before.
   */
  admits(bytes: number, gate: GatedResponse): boolean {
    if (this.#held.has(gate) || this.#scheduler.next() !== undefined) return false;
    const straightBytes = this.#control.straightBytes(this.#gates.size === 1);
    const nodeBytes = this.#passingBytes + bytes;
    if (this.#state === 'quiet') return nodeBytes <= Math.max(leastBatchBytes, straightBytes);
    if (straightBytes === 0 || this.#batch?.isLate === true) return false;
    const batchBytes = this.#batch?.pendingBytes ?? 0;
    const takenBytes = Math.min(this.#batchBytes, mostPassingBytes);
    return nodeBytes + batchBytes <= Math.max(takenBytes, straightBytes);
  }

  /**
   * Whether so few bytes of a response that writes seldom may go at once though others wait.
   *
   * @param lastMs When the response last did so.
   * @returns The time, if they may.
   */
  admitsTrickle(bytes: number, lastMs: number): number | undefined {
    if (bytes > trickleBytes) return undefined;
    const nowMs = this.#loop.nowMs();
    return nowMs - lastMs >= trickleMs ? nowMs : undefined;
  }

  /** Counts bytes that went to Node at once, or were settled (negative). */
  passing(bytes: number): void {
    this.#passingBytes += bytes;
    if (bytes <= 0) {
      this.#batch?.passedBy(-bytes + frameHeaderBytes);
      return;
    }
    this.#connection.fillPackets(false);
    this.#counters.directBytes += bytes;
    this.#control.submit(bytes, this.#loop.nowMs());
    this.#control.written(bytes);
  }

  /** A response enters, with nothing to send yet. */
  enter(gate: GatedResponse, priority: StreamPriority): void {
    this.#gates.set(gate.id, gate);
    this.#scheduler.add(gate.id, priority);
    this.#scheduler.pause(gate.id);
    this.#unserved.add(gate);
  }

  update(gate: GatedResponse, priority: StreamPriority): void {
    this.#scheduler.update(gate.id, priority);
  }

  /** A response holds bytes. */
  wait(gate: GatedResponse): void {
    this.#waiting.add(gate);
    if (this.#stuck.has(gate) || this.#held.has(gate)) return;
    this.#scheduler.resume(gate.id);
    if (this.#state !== 'quiet') return;
    const nowMs = this.#loop.nowMs();
    this.#control.resume(nowMs);
    this.#control.tick(nowMs, false, this.#due);
    this.#plan();
  }

  /** Holds a response back until it is let go; what is with Node leaves all the same. */
  hold(gate: GatedResponse, isHeld: boolean): void {
    if (isHeld) {
      this.#held.add(gate);
      this.#scheduler.pause(gate.id);
    } else if (this.#held.delete(gate) && gate.isWaiting) this.wait(gate);
  }

  leave(gate: GatedResponse): void {
    this.#held.delete(gate);
    this.#gates.delete(gate.id);
    this.#scheduler.remove(gate.id);
    this.#waiting.delete(gate);
    this.#unserved.delete(gate);
    const stuckBytes = this.#stuck.get(gate)?.drop(gate) ?? 0;
    this.#counters.nodeBytes -= stuckBytes;
    this.#stuck.delete(gate);
    const batch = this.#batch;
    if (batch?.has(gate) !== true) return;
    const bytes = batch.drop(gate);
    this.#control.written(bytes);
    this.#counters.nodeBytes -= bytes;
    if (batch.isLate && batch.isDone) this.#finish(batch);
  }

  /** The session closed. */
  close(): void {
    this.#stopTimers();
  }

  #plan(): void {
    this.#state = 'due';
    this.#loop.nextTurn(() => this.#serve());
  }

  /** An ACK came, or time has passed. */
  #wake(): void {
    if (this.#state === 'limited') this.#plan();
  }

  #serve(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#scheduler.next() === undefined) {
      this.#state = 'quiet';
      this.#control.finish(this.#loop.nowMs(), this.#due);
      this.#connection.fillPackets(false);
      this.#stopTimers();
      return;
    }
    const nowMs = this.#loop.nowMs();
    const roomBytes = this.#control.roomBytes(nowMs);
    const hasRoom = roomBytes >= this.#control.pieceBytes;
    const againMs = this.#control.tick(nowMs, hasRoom, this.#due);
    if (!hasRoom) {
      this.#state = 'limited';
      this.#stopTimer = this.#loop.after(againMs, this.#due);
      return;
    }
    this.#state = 'flying';
    const isCrowded = this.#counters.nodeBytes > crowdedBytes;
    const mostBytes = isCrowded
      ? leastBatchBytes
      : Math.min(this.#batchBytes, this.#control.batchBytes);
    this.#release(Math.min(roomBytes, mostBytes), nowMs);
  }

  #release(budgetBytes: number, nowMs: number): void {
    const batch = new Batch(this.#connection.bytesWritten);
    this.#batch = batch;
    const most = this.#mostPieceBytes();
    while (batch.bytes < budgetBytes) {
      const id = this.#scheduler.next();
      const gate = id === undefined ? undefined : this.#gates.get(id);
      if (gate === undefined) break;
      this.#releasePiece(gate, Math.min(most, budgetBytes - batch.bytes), batch, nowMs);
    }
    this.#connection.fillPackets(this.#control.isSteady && this.#waiting.size > 0);
    this.#loop.nextTurn(() => this.#loop.nextTurn(() => this.#turned(batch, budgetBytes)));
  }

  /** Who waits alone shares with nobody. */
  #mostPieceBytes(): number {
    if (this.#waiting.size === 1) return mostBatchBytes;
    return this.#control.isFast ? fastPieceBytes : this.#control.pieceBytes;
  }

  #releasePiece(gate: GatedResponse, limit: number, batch: Batch, nowMs: number): void {
    this.#countOvertake(gate);
    const bytes = Math.min(gate.heldBytes, limit);
    batch.add(gate, bytes);
    this.#scheduler.charge(gate.id, bytes);
    this.#control.submit(bytes, nowMs);
    this.#counters.gatedBytes += bytes;
    this.#counters.nodeBytes += bytes;
    gate.release(limit, () => this.#written(batch, gate, bytes));
    if (!gate.isWaiting) {
      this.#waiting.delete(gate);
      this.#scheduler.pause(gate.id);
    }
    gate.announceRoom();
  }

  #written(batch: Batch, gate: GatedResponse, bytes: number): void {
    if (!batch.settle(gate, bytes)) return;
    this.#counters.nodeBytes -= bytes;
    const isStuck = this.#stuck.get(gate) === batch;
    if (isStuck) this.#control.submit(bytes, this.#loop.nowMs());
    this.#control.written(bytes);
    if (isStuck) {
      if (batch.has(gate)) return;
      this.#stuck.delete(gate);
      if (gate.isWaiting) this.wait(gate);
    } else if (this.#batch === batch && batch.isLate && batch.isDone) this.#finish(batch);
  }

  /** Two turns after a batch left: goes on if the socket took it at once. */
  #turned(batch: Batch, budgetBytes: number): void {
    if (this.#batch !== batch) return;
    if (batch.isDone) {
      this.#batch = undefined;
      if (batch.bytes >= budgetBytes && budgetBytes >= this.#batchBytes) {
        this.#batchBytes = Math.min(2 * this.#batchBytes, mostBatchBytes);
      }
      this.#serve();
      return;
    }
    batch.isLate = true;
    this.#batchBytes = Math.max(this.#batchBytes / 2, leastBatchBytes);
    this.#check();
    if (this.#batch === batch)
      this.#stopChecking ??= this.#loop.every(checkMs, () => this.#recheck());
  }

  /** A batch that took long is in the kernel now. Two turns, so that Node reads in between. */
  #finish(batch: Batch): void {
    if (this.#batch !== batch) return;
    this.#batch = undefined;
    this.#state = 'due';
    this.#loop.nextTurn(() => this.#plan());
  }

  #recheck(): void {
    if (this.#batch?.isLate !== true) return;
    this.#batch.waitedMs += checkMs;
    this.#check();
  }

  /** Lets go of what the peer's stream windows hold back; see the class comment. */
  #check(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    const connection = this.#connection;
    const socketBytes = connection.bytesWritten - batch.socketBytesBefore - batch.otherBytes;
    const isInSocket = socketBytes >= batch.bytes + batch.pieces * frameHeaderBytes;
    // With the connection's window shut nobody else could send either.
    const isHeldBack = !isInSocket && connection.remoteWindowBytes > 0;
    if (!isHeldBack && batch.waitedMs < stuckMs) return;
    for (const [gate, bytes] of batch.pending) {
      this.#stalls += 1;
      this.#counters.stalls += 1;
      this.#control.revoke(bytes);
      this.#stuck.set(gate, batch);
      this.#scheduler.pause(gate.id);
    }
    this.#finish(batch);
  }

  #countOvertake(gate: GatedResponse): void {
    if (!this.#unserved.delete(gate)) return;
    const [longest] = this.#waiting;
    if (longest === gate) return;
    this.#overtakes += 1;
    this.#counters.overtakes += 1;
  }

  #stopTimers(): void {
    this.#stopTimer?.();
    this.#stopChecking?.();
    this.#stopTimer = undefined;
    this.#stopChecking = undefined;
  }
}
