import type { StreamPriority } from './stream-priority';
import { UrgencyLevel, type ScheduledStream } from './urgency-level';

const urgencies = 8;

/**
 * While less urgent streams wait, every so many decisions one goes to them. With equal pieces they
 * keep 1/64 of the bytes, and an urgent response of up to 1 MB is at most one piece late.
 */
export const starvationLimit = 64;

/**
 * Decides which stream of a session sends next. Pure: no sockets, no clock.
 *
 * Urgency comes strictly first (RFC 9218 section 10); see {@link UrgencyLevel} for the order within
 * one. Every operation is O(log n) in the streams of one urgency. The same calls give the same order.
 *
 * @example
 * scheduler.add(1, { urgency: 3, incremental: false, weight: 16 });
 * const id = scheduler.next(); // 1
 * scheduler.charge(1, 16_384);
 */
export class PriorityScheduler {
  readonly #levels = Array.from({ length: urgencies }, () => new UrgencyLevel());
  readonly #streams = new Map<number, ScheduledStream>();
  /** Bit u is set while a stream of urgency u waits. */
  #waiting = 0;
  #arrivals = 0;
  #passedOver = 0;
  #lastRelief = urgencies;

  /** Streams known, waiting or paused. */
  get size(): number {
    return this.#streams.size;
  }

  /** Streams known, by urgency. */
  countByUrgency(): number[] {
    const counts = this.#levels.map(() => 0);
    for (const { priority } of this.#streams.values()) {
      counts[priority.urgency] = (counts[priority.urgency] ?? 0) + 1;
    }
    return counts;
  }

  has(id: number): boolean {
    return this.#streams.has(id);
  }

  /** Adds a stream that has bytes to send. */
  add(id: number, priority: StreamPriority): void {
    if (this.#streams.has(id)) throw new Error(`stream ${id} is scheduled already`);
    const stream: ScheduledStream = {
      id,
      arrival: this.#arrivals++,
      priority,
      round: 0,
      creditBytes: 0,
      heapIndex: -1,
    };
    this.#streams.set(id, stream);
    this.#level(priority.urgency).enrol(stream, 0);
    this.#enter(stream);
  }

  /** Changes a stream's priority; it keeps its place by arrival, and what it overdrew. */
  update(id: number, priority: StreamPriority): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const isWaiting = stream.heapIndex >= 0;
    if (isWaiting) this.#leave(stream);
    const debtBytes = this.#level(stream.priority.urgency).debtBytes(stream);
    stream.priority = priority;
    this.#level(priority.urgency).enrol(stream, debtBytes);
    if (isWaiting) this.#enter(stream);
  }

  /** Takes a stream that has nothing to send just now out of the running. */
  pause(id: number): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined && stream.heapIndex >= 0) this.#leave(stream);
  }

  resume(id: number): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined && stream.heapIndex < 0) this.#enter(stream);
  }

  remove(id: number): void {
    this.pause(id);
    this.#streams.delete(id);
  }

  /** The stream to serve now. The same until something is charged or changed. */
  next(): number | undefined {
    if (this.#waiting === 0) return undefined;
    return this.#level(this.#servedUrgency()).peek()?.id;
  }

  /** Accounts for one decision: this stream sent so many bytes. */
  charge(id: number, bytes: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const { urgency } = stream.priority;
    this.#level(urgency).charge(stream, bytes);
    if (urgency > mostUrgent(this.#waiting)) {
      this.#passedOver = 0;
      this.#lastRelief = urgency;
    } else {
      this.#passedOver = this.#waiting >> (urgency + 1) === 0 ? 0 : this.#passedOver + 1;
    }
  }

  #servedUrgency(): number {
    const top = mostUrgent(this.#waiting);
    if (this.#passedOver < starvationLimit - 1) return top;
    const passedOver = this.#waiting & ~(1 << top);
    if (passedOver === 0) return top;
    // Turns go from the least urgent upwards and round again, so that none in between starves.
    const above = passedOver & ((1 << this.#lastRelief) - 1);
    return leastUrgent(above === 0 ? passedOver : above);
  }

  #enter(stream: ScheduledStream): void {
    this.#level(stream.priority.urgency).push(stream);
    this.#waiting |= 1 << stream.priority.urgency;
  }

  #leave(stream: ScheduledStream): void {
    const level = this.#level(stream.priority.urgency);
    level.remove(stream);
    if (level.size === 0) this.#waiting &= ~(1 << stream.priority.urgency);
  }

  #level(urgency: number): UrgencyLevel {
    const level = this.#levels[urgency];
    if (level === undefined) throw new RangeError(`urgency must be from 0 to 7, got ${urgency}`);
    return level;
  }
}

function mostUrgent(bits: number): number {
  return leastUrgent(bits & -bits);
}

function leastUrgent(bits: number): number {
  return 31 - Math.clz32(bits);
}
