import { IndexedHeap, type HeapNode } from './indexed-heap';
import type { StreamPriority } from './stream-priority';

/** A stream as the scheduler sees it. */
export interface ScheduledStream extends HeapNode {
  readonly id: number;
  /** Order of arrival in the session; kept for life, so a stream that waited keeps its place. */
  readonly arrival: number;
  priority: StreamPriority;
  /** The round in which it may send next, and the bytes it may then send. */
  round: number;
  creditBytes: number;
}

/** Weight 256 earns one HTTP/2 frame of 16 KiB per round, weight 1 the 256th part of it. */
const bytesPerWeight = 64;

/**
 * The waiting streams of one urgency.
 *
 * Non-incremental streams leave in order of arrival. Incremental streams share by deficit round
 * robin (Shreedhar and Varghese 1995, in the form that lets a stream overdraw and pay back): each
 * round earns a stream `weight * 64` bytes, and it sends while its credit is positive. Rounds in
 * which a stream could only save up are not walked through: its next useful round is computed, and
 * a heap on (round, arrival) finds the earliest in O(log n).
 *
 *     weight   round 0   1   2   3   4 …
 *       256        a     a   a   a   a
 *       128        b         b       b
 *        64        c                 c
 *
 * When both kinds wait they alternate, as in Go's RFC 9218 scheduler; the RFC leaves it open.
 */
export class UrgencyLevel {
  readonly #sequential = new IndexedHeap<ScheduledStream>((a, b) => a.arrival < b.arrival);
  readonly #shared = new IndexedHeap<ScheduledStream>((a, b) =>
    a.round === b.round ? a.arrival < b.arrival : a.round < b.round,
  );
  #round = 0;
  #isSharedNext = false;

  get size(): number {
    return this.#sequential.size + this.#shared.size;
  }

  peek(): ScheduledStream | undefined {
    const sequential = this.#sequential.peek();
    const shared = this.#shared.peek();
    if (sequential === undefined) return shared;
    return shared !== undefined && this.#isSharedNext ? shared : sequential;
  }

  /** Time away earns nothing: a stream that returns starts in the current round at the earliest. */
  push(stream: ScheduledStream): void {
    stream.round = Math.max(stream.round, this.#round);
    this.#heapOf(stream).push(stream);
  }

  remove(stream: ScheduledStream): void {
    this.#heapOf(stream).remove(stream);
  }

  charge(stream: ScheduledStream, bytes: number): void {
    const { incremental, weight } = stream.priority;
    this.#isSharedNext = !incremental;
    if (!incremental) return;
    this.#round = stream.round;
    stream.creditBytes -= bytes;
    if (stream.creditBytes > 0) return;
    const quantumBytes = weight * bytesPerWeight;
    const rounds = Math.floor(-stream.creditBytes / quantumBytes) + 1;
    stream.round += rounds;
    stream.creditBytes += rounds * quantumBytes;
    if (stream.heapIndex >= 0) this.#shared.reorder(stream);
  }

  /** Places a stream that is new here, or whose weight changed; `debtBytes` must be earned first. */
  enrol(stream: ScheduledStream, debtBytes: number): void {
    const quantumBytes = stream.priority.weight * bytesPerWeight;
    stream.round = this.#round + Math.floor(debtBytes / quantumBytes);
    stream.creditBytes = quantumBytes - (debtBytes % quantumBytes);
  }

  /** What a stream has sent in advance of its share. */
  debtBytes(stream: ScheduledStream): number {
    const quantumBytes = stream.priority.weight * bytesPerWeight;
    const rounds = Math.max(0, stream.round - this.#round) + 1;
    return Math.max(0, rounds * quantumBytes - stream.creditBytes);
  }

  #heapOf(stream: ScheduledStream): IndexedHeap<ScheduledStream> {
    return stream.priority.incremental ? this.#shared : this.#sequential;
  }
}
