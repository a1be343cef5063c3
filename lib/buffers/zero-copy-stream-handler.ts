import type { ServerResponse } from 'node:http';
import type {
  BodySink,
  BodyStage,
  Chunk,
  TappedResponse,
  WriteCallback,
} from '../response/body-stage';
import { reportFailure } from '../util/diagnostics';
import { BodyGatherer, isGatherable, largeBytes } from './body-gatherer';
import { nodeError } from './node-error';
import { Passage, type PassageOwner, type Piece } from './passage';
import { takeLoan } from './pooled-file-reads';
import { turnEnd, type FlushQueue, type FlushTask } from './flush-queue';
import type { ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/** Node's default before version 22, for a response that does not say. */
const defaultHighWaterMark = 16 * 1024;

/**
 * Gathers the small writes of one turn of the event loop in a pooled buffer and passes them on as
 * one. Large chunks, and a body that comes whole with `end(body)`, pass untouched.
 *
 * What must hold: bytes leave in order, in the turn they came in or after the given delay; a buffer is reused only
 * after Node called back for it without an error while the response was alive. HTTP/2 calls back
 * as soon as a stream is reset, though the socket may still be writing a part of the very chunk:
 * such a buffer is discarded.
 */
export class ZeroCopyStreamHandler implements BodyStage, FlushTask, PassageOwner {
  readonly #next: BodySink;
  readonly #tapped: TappedResponse;
  readonly #gatherer: BodyGatherer;
  readonly #queue: FlushQueue;
  /** In Node's hands, in the order in which they went. */
  #passages: Passage[] = [];
  #callbacks: WriteCallback[] | undefined;
  #isScheduled = false;
  #isAbandoned = false;
  /** The app was told to wait because of what is held here, and Node knows nothing of it. */
  #owesDrain = false;
  /** Length that may be held before the app must wait: what Node's buffer had left at the first. */
  #room = 0;

  /** @param queue When held bytes leave at the latest. @default the end of the turn */
  constructor(
    next: BodySink,
    tapped: TappedResponse,
    pool: ZeroCopyBufferPool,
    queue: FlushQueue = turnEnd,
  ) {
    this.#queue = queue;
    this.#next = next;
    this.#tapped = tapped;
    this.#gatherer = new BodyGatherer(pool);
  }

  get heldBytes(): number {
    return this.#gatherer.length;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    if (typeof chunk === 'string' && encoding === undefined && callback === undefined) {
      const gatherer = this.#gatherer;
      if (gatherer.joinNext(chunk)) return gatherer.length < this.#room || this.#refuseMore();
    }
    return this.#writeAny(chunk, encoding, callback);
  }

  #writeAny(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    if (this.#isAbandoned) {
      if (callback !== undefined) process.nextTick(callback, destroyedError());
      return false;
    }
    const { length } = chunk;
    const gatherer = this.#gatherer;
    const isFirst = gatherer.isEmpty;
    if (typeof chunk !== 'string') {
      const loan = takeLoan(chunk);
      if (loan !== undefined)
        return this.#passThrough({ pooled: loan, bytes: chunk }, undefined, callback);
    }
    if (length === 0 && isFirst) return this.#passEmpty(chunk, encoding, callback);
    if (length >= largeBytes || !isGatherable(chunk, encoding)) {
      return this.#passThrough({ bytes: chunk }, encoding, callback);
    }
    if (isFirst) this.#begin();
    let isRoomLeft = true;
    while (!gatherer.append(chunk, encoding)) isRoomLeft = this.#passPiece();
    if (callback !== undefined) (this.#callbacks ??= []).push(callback);
    return gatherer.length < this.#room ? isRoomLeft : this.#refuseMore();
  }

  /** A writer that waits is not kept waiting for the sake of a delay. */
  #refuseMore(): false {
    if (!this.#owesDrain && this.#queue !== turnEnd) turnEnd.add(this);
    this.#owesDrain = true;
    return false;
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    if (this.#isAbandoned) {
      if (callback !== undefined) process.nextTick(callback);
      return;
    }
    const gatherer = this.#gatherer;
    const isWhole =
      !gatherer.isEmpty &&
      (chunk === undefined ||
        (chunk.length < largeBytes &&
          isGatherable(chunk, encoding) &&
          gatherer.append(chunk, encoding)));
    if (!isWhole) {
      this.#passOn();
      this.#next.end(chunk?.length === 0 ? undefined : chunk, encoding, callback);
      return;
    }
    let piece = gatherer.take();
    while (!gatherer.isEmpty) {
      this.#pass(new Passage(this, piece, undefined));
      piece = gatherer.take();
    }
    const passage = new Passage(this, piece, this.#callbacks, { ended: callback });
    this.#callbacks = undefined;
    this.#passages.push(passage);
    try {
      this.#next.end(passage.bytes, undefined, passage.arrive);
    } catch (error) {
      this.#lose(passage);
      throw error;
    }
  }

  flush(): void {
    this.#passOn();
  }

  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    // Node has not seen what is held, so that memory is free; what it has seen may be in use.
    this.#gatherer.release();
    const owed: WriteCallback[] = [];
    for (const passage of this.#passages) owed.push(...passage.abandon());
    this.#passages = [];
    if (this.#callbacks !== undefined) owed.push(...this.#callbacks);
    this.#callbacks = undefined;
    for (const callback of owed) process.nextTick(callback, destroyedError());
  }

  /** @internal */
  flushNow(): void {
    this.#isScheduled = false;
    try {
      this.#passOn();
    } catch (error) {
      // No caller is left to catch it, and the bytes are lost: the response cannot be completed.
      reportFailure('zeroCopy', error);
      this.#tapped.res.destroy(error instanceof Error ? error : undefined);
      return;
    }
    if (!this.#owesDrain) return;
    this.#owesDrain = false;
    if (!this.#isAbandoned) this.#tapped.drained();
  }

  /** @internal */
  isWritten(passage: Passage, error: Error | null | undefined): boolean {
    this.#forget(passage);
    return (error ?? null) === null && !this.#tapped.isGone;
  }

  #begin(): void {
    this.#tapped.holdHeaders();
    const { res } = this.#tapped;
    this.#room = (res.writableHighWaterMark || defaultHighWaterMark) - res.writableLength;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Events are for now; a delay is for pages and data.
    const isDelayed = this.#queue !== turnEnd && !isEventStream(res);
    (isDelayed ? this.#queue : turnEnd).add(this);
  }

  /** A chunk that needs no gathering: a large one, or one that a pooled read made. */
  #passThrough(piece: Piece, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    this.#passOn();
    const isRoomLeft = this.#pass(new Passage(this, piece, callback && [callback]), encoding);
    if (!isRoomLeft) this.#owesDrain = false;
    return isRoomLeft;
  }

  /**
   * Node must not get an empty chunk behind others: over HTTP/2 it calls back for all of them when
   * it has sent none (seen on Node 20 to 26 when an empty chunk is the last of those it gathered).
   */
  #passEmpty(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    const before = this.#passages.at(-1);
    if (before === undefined) return this.#next.write(chunk, encoding, callback);
    if (callback !== undefined) before.follow(callback);
    return !this.#tapped.res.writableNeedDrain;
  }

  /** Passes on what is held. `false`: the next has enough, and its `drain` will follow. */
  #passOn(): boolean {
    let isRoomLeft = true;
    while (!this.#gatherer.isEmpty) isRoomLeft = this.#passPiece();
    return isRoomLeft;
  }

  #passPiece(): boolean {
    this.#tapped.commitHeaders();
    const piece = this.#gatherer.take();
    const passage = new Passage(this, piece, this.#callbacks);
    this.#callbacks = undefined;
    const isRoomLeft = this.#pass(passage);
    if (!isRoomLeft) this.#owesDrain = false;
    return isRoomLeft;
  }

  /** A next that throws did not take the bytes, or did: it gets nothing back to write over. */
  #pass(passage: Passage, encoding?: BufferEncoding): boolean {
    this.#passages.push(passage);
    try {
      return this.#next.write(passage.bytes, encoding, passage.arrive);
    } catch (error) {
      this.#lose(passage);
      throw error;
    }
  }

  #lose(passage: Passage): void {
    this.#forget(passage);
    passage.drop();
  }

  #forget(passage: Passage): void {
    const at = this.#passages.indexOf(passage);
    if (at === 0) this.#passages.shift();
    else if (at > 0) this.#passages.splice(at, 1);
  }
}

function isEventStream(res: ServerResponse): boolean {
  return /^text\/event-stream/i.test(String(res.getHeader('content-type')));
}

function destroyedError(): Error {
  return nodeError('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
}
