import type { EventLoop } from './event-loop';
import { PriorityScheduler } from './priority-scheduler';
import type { StreamPriority } from './stream-priority';

/** One HTTP/2 frame: what Node may hold of one session at a time. */
const pieceBytes = 16_384;

/** How often a piece that does not leave is looked at. */
const checkMs = 50;

/** Every DATA frame has a header (RFC 9113 section 4.1). */
const frameHeaderBytes = 9;

/** After this long a piece counts as stuck whatever the connection looks like. */
const stuckMs = 2000;

/** What the gate can see of the connection below. */
export interface Connection {
  /** Bytes handed to the socket so far. */
  readonly bytesWritten: number;
  /** What the peer's connection window still admits. */
  readonly remoteWindowBytes: number;
}

/** Counters over all sessions. */
export interface GateCounters {
  /** Bytes that waited for their turn. */
  gatedBytes: number;
  /** Bytes that went straight through. */
  directBytes: number;
  /** Responses that began to leave while one that had waited longer still waited. */
  overtakes: number;
  /** Pieces that stuck, so that another response was let past. */
  stalls: number;
}

/** What the gate asks of a response. */
export interface GatedResponse {
  readonly id: number;
  readonly heldBytes: number;
  /** Whether there is anything to release. */
  readonly isWaiting: boolean;

  /** Hands up to `limit` bytes to Node, and calls `done` when they are written or failed. */
  release(limit: number, done: () => void): number;

  /** Tells a waiting writer that it may go on, once there is room. */
  announceRoom(): void;
}

/** A piece Node has and has not reported as written. */
interface Flight {
  readonly gate: GatedResponse;
  readonly bytes: number;
  readonly bytesWrittenBefore: number;
  state: 'new' | 'written' | 'late';
  waitedMs: number;
}

/**
 * Lets the responses of one session through to Node in the order of its scheduler, one piece at a
 * time, so that Node never owns more than it can write and a late urgent response overtakes.
 *
 *     quiet --wait--> starting --turn--> flying --written--> resting --2 turns--> flying | quiet
 *
 * - The first piece waits for a turn: the urgent request may be the last one of the same read.
 * - Node stops reading a session's socket while a write is pending, and calls back before it polls.
 *   The rest of two turns is what lets it read the requests that came meanwhile.
 * - A piece that the peer's stream window holds back never comes back by itself. It is found by
 *   looking whether the socket got its bytes, and let go, so that it blocks only its own response.
 */
export class SessionGate {
  readonly #connection: Connection;
  readonly #loop: EventLoop;
  readonly #counters: GateCounters;
  readonly #scheduler = new PriorityScheduler();
  readonly #gates = new Map<number, GatedResponse>();
  /** Responses that hold bytes, the one that has waited longest first. */
  readonly #waiting = new Set<GatedResponse>();
  readonly #unserved = new Set<GatedResponse>();
  /** Responses whose last piece stuck in Node. */
  readonly #stuck = new Set<GatedResponse>();
  #flight: Flight | undefined;
  #isBusy = false;
  #passingBytes = 0;
  #stopChecking: (() => void) | undefined;

  constructor(connection: Connection, loop: EventLoop, counters: GateCounters) {
    this.#connection = connection;
    this.#loop = loop;
    this.#counters = counters;
  }

  /** Whether so many bytes may go to Node at once: nothing competes, and they fit in one piece. */
  admits(bytes: number): boolean {
    return !this.#isBusy && this.#passingBytes + bytes <= pieceBytes;
  }

  /** Counts bytes that went to Node at once, or were settled (negative). */
  passing(bytes: number): void {
    this.#passingBytes += bytes;
    if (bytes > 0) this.#counters.directBytes += bytes;
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
    if (this.#stuck.has(gate)) return;
    this.#scheduler.resume(gate.id);
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#loop.nextTurn(() => this.#serve());
  }

  leave(gate: GatedResponse): void {
    this.#gates.delete(gate.id);
    this.#scheduler.remove(gate.id);
    this.#waiting.delete(gate);
    this.#unserved.delete(gate);
    this.#stuck.delete(gate);
    if (this.#flight?.gate === gate) this.#rest();
  }

  #serve(): void {
    const id = this.#scheduler.next();
    const gate = id === undefined ? undefined : this.#gates.get(id);
    if (gate === undefined) {
      this.#isBusy = false;
      this.#stopChecking?.();
      this.#stopChecking = undefined;
      return;
    }
    this.#countOvertake(gate);
    const flight: Flight = {
      gate,
      bytes: Math.min(gate.heldBytes, pieceBytes),
      bytesWrittenBefore: this.#connection.bytesWritten,
      state: 'new',
      waitedMs: 0,
    };
    this.#flight = flight;
    this.#loop.nextTurn(() => this.#turned(flight));
    this.#stopChecking ??= this.#loop.every(checkMs, () => this.#check());
    this.#scheduler.charge(gate.id, flight.bytes);
    this.#counters.gatedBytes += gate.release(pieceBytes, () => this.#written(flight));
    if (!gate.isWaiting) {
      this.#waiting.delete(gate);
      this.#scheduler.pause(gate.id);
    }
    gate.announceRoom();
  }

  #written(flight: Flight): void {
    if (this.#flight === flight) {
      if (flight.state === 'late') this.#rest();
      else flight.state = 'written';
    } else if (this.#stuck.delete(flight.gate) && flight.gate.isWaiting) {
      this.wait(flight.gate);
    }
  }

  /** A turn after a piece left: goes on if the socket took it at once. */
  #turned(flight: Flight): void {
    if (this.#flight !== flight) return;
    if (flight.state === 'new') {
      flight.state = 'late';
      return;
    }
    this.#flight = undefined;
    this.#serve();
  }

  #rest(): void {
    this.#flight = undefined;
    this.#loop.nextTurn(() => this.#loop.nextTurn(() => this.#serve()));
  }

  /** Lets go of a piece that flow control holds back; see the class comment. */
  #check(): void {
    const flight = this.#flight;
    if (flight === undefined) return;
    flight.waitedMs += checkMs;
    const connection = this.#connection;
    const socketBytes = connection.bytesWritten - flight.bytesWrittenBefore;
    const isInSocket = socketBytes >= flight.bytes + frameHeaderBytes;
    // With the connection's window shut nobody else could send either.
    const isHeldBack = !isInSocket && connection.remoteWindowBytes > 0;
    // The first check may come right after the piece left.
    if (flight.waitedMs < (isHeldBack ? 2 * checkMs : stuckMs)) return;
    this.#counters.stalls += 1;
    this.#stuck.add(flight.gate);
    this.#scheduler.pause(flight.gate.id);
    this.#rest();
  }

  #countOvertake(gate: GatedResponse): void {
    if (!this.#unserved.delete(gate)) return;
    const [longest] = this.#waiting;
    if (longest !== gate) this.#counters.overtakes += 1;
  }
}
