import type {
  BodySink,
  BodyStage,
  Chunk,
  TappedResponse,
  WriteCallback,
} from '../response/body-stage';
import { reportFailure } from '../util/diagnostics';
import { byteLengthOf, FillingBuffer, fillingBytes, isGatherable } from './filling-buffer';
import { isResponseGone } from './is-response-gone';
import { nodeError } from './node-error';
import type { PooledBuffer, ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/** Pooled bytes in Node's hands, and whom to tell when they are written. */
interface Passage {
  readonly pooled: PooledBuffer;
  readonly callbacks: readonly WriteCallback[];
}

/** Node's default before version 22, for a response that does not say. */
const defaultHighWaterMark = 16 * 1024;

/**
 * Gathers the small writes of one turn of the event loop in a pooled buffer and passes them on as
 * one. Large chunks, and a body that comes whole with `end(body)`, pass untouched.
 *
 * What must hold: every byte leaves in the turn it came in, in order; a buffer is reused only
 * after Node called back for it without an error while the response was alive. HTTP/2 calls back
 * as soon as a stream is reset, though the socket may still be writing a part of the very chunk:
 * such a buffer is discarded.
 */
export class ZeroCopyStreamHandler implements BodyStage {
  readonly #next: BodySink;
  readonly #tapped: TappedResponse;
  readonly #pool: ZeroCopyBufferPool;
  readonly #passages = new Set<Passage>();
  #filling: FillingBuffer | undefined;
  #callbacks: WriteCallback[] = [];
  #lastPassage: Passage | undefined;
  #isScheduled = false;
  #isAbandoned = false;
  /** The app was told to wait because of what is held here, and Node knows nothing of it. */
  #owesDrain = false;
  /** Bytes that may be held before the app must wait: what Node's buffer had left at the first. */
  #roomBytes = 0;

  constructor(next: BodySink, tapped: TappedResponse, pool: ZeroCopyBufferPool) {
    this.#next = next;
    this.#tapped = tapped;
    this.#pool = pool;
  }

  get heldBytes(): number {
    return this.#filling?.usedBytes ?? 0;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    if (this.#isAbandoned) {
      if (callback !== undefined) process.nextTick(callback, destroyedError());
      return false;
    }
    if (!isGatherable(chunk, encoding)) return this.#passThrough(chunk, encoding, callback);
    let isRoomLeft = true;
    if (this.#filling?.append(chunk, encoding) !== true) {
      const bytes = byteLengthOf(chunk, encoding);
      if (bytes === 0 || bytes >= fillingBytes) return this.#passThrough(chunk, encoding, callback);
      isRoomLeft = this.#passOn();
      const filling = this.#startFilling();
      if (filling === undefined) return this.#next.write(chunk, encoding, callback);
      filling.append(chunk, encoding);
    }
    if (callback !== undefined) this.#callbacks.push(callback);
    return isRoomLeft && this.#hasRoom();
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    if (this.#isAbandoned) {
      if (callback !== undefined) process.nextTick(callback);
      return;
    }
    const filling = this.#filling;
    if (filling === undefined) {
      this.#next.end(chunk, encoding, callback);
      return;
    }
    const isWhole =
      chunk === undefined || (isGatherable(chunk, encoding) && filling.append(chunk, encoding));
    if (!isWhole) {
      this.#passOn();
      this.#next.end(chunk, encoding, callback);
      return;
    }
    const passage = this.#depart(filling);
    this.#lastPassage = passage;
    this.#guard(passage, () => {
      this.#next.end(filling.bytes, undefined, (error) => {
        this.#arrive(passage, error);
        callback?.(error);
      });
    });
  }

  flush(): void {
    this.#passOn();
  }

  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    // Node has not seen what is held, so that memory is free; what it has seen may be in use.
    this.#filling?.pooled.release();
    this.#filling = undefined;
    for (const { pooled } of this.#passages) pooled.discard();
    // Node calls back for every write, but for `end` only when the response finished.
    const isLastAway = this.#lastPassage !== undefined && this.#passages.has(this.#lastPassage);
    const unanswered = isLastAway ? (this.#lastPassage?.callbacks ?? []) : [];
    for (const callback of [...unanswered, ...this.#callbacks]) {
      process.nextTick(callback, destroyedError());
    }
    this.#passages.clear();
    this.#callbacks = [];
  }

  /** Undefined when the pool fails: the response then does without. */
  #startFilling(): FillingBuffer | undefined {
    this.#tapped.commitHeaders();
    const { res } = this.#tapped;
    this.#roomBytes = (res.writableHighWaterMark || defaultHighWaterMark) - res.writableLength;
    try {
      this.#filling = new FillingBuffer(this.#pool);
    } catch (error) {
      reportFailure('zeroCopy', error);
      return undefined;
    }
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      process.nextTick(ZeroCopyStreamHandler.#endTurn, this);
    }
    return this.#filling;
  }

  #passThrough(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    this.#passOn();
    const isRoomLeft = this.#next.write(chunk, encoding, callback);
    if (!isRoomLeft) this.#owesDrain = false;
    return isRoomLeft;
  }

  /** Passes on what is held. `false`: the next has enough, and its `drain` will follow. */
  #passOn(): boolean {
    const filling = this.#filling;
    if (filling === undefined) return true;
    const passage = this.#depart(filling);
    const isRoomLeft = this.#guard(passage, () =>
      this.#next.write(filling.bytes, undefined, (error) => {
        this.#arrive(passage, error);
      }),
    );
    if (!isRoomLeft) this.#owesDrain = false;
    return isRoomLeft;
  }

  #depart(filling: FillingBuffer): Passage {
    const passage: Passage = { pooled: filling.pooled, callbacks: this.#callbacks };
    this.#filling = undefined;
    this.#callbacks = [];
    this.#passages.add(passage);
    return passage;
  }

  #arrive(passage: Passage, error: Error | null | undefined): void {
    if (this.#passages.delete(passage)) {
      const isWritten = (error ?? null) === null && !isResponseGone(this.#tapped.res);
      if (isWritten) passage.pooled.release();
      else passage.pooled.discard();
    } else if (passage === this.#lastPassage) {
      return;
    }
    for (const callback of passage.callbacks) callback(error);
  }

  /** A next that throws did not take the bytes, or did: it gets nothing back to write over. */
  #guard<T>(passage: Passage, pass: () => T): T {
    try {
      return pass();
    } catch (error) {
      if (this.#passages.delete(passage)) passage.pooled.discard();
      throw error;
    }
  }

  #hasRoom(): boolean {
    if (this.heldBytes < this.#roomBytes) return true;
    this.#owesDrain = true;
    return false;
  }

  static #endTurn(handler: ZeroCopyStreamHandler): void {
    handler.#isScheduled = false;
    try {
      handler.#passOn();
    } catch (error) {
      // No caller is left to catch it, and the bytes are lost: the response cannot be completed.
      reportFailure('zeroCopy', error);
      handler.#tapped.res.destroy(error instanceof Error ? error : undefined);
      return;
    }
    if (!handler.#owesDrain) return;
    handler.#owesDrain = false;
    if (!handler.#isAbandoned) handler.#tapped.drained();
  }
}

function destroyedError(): Error {
  return nodeError('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
}
