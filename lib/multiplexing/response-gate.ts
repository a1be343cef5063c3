import type {
  BodySink,
  BodyStage,
  Chunk,
  TappedResponse,
  WriteCallback,
} from '../response/body-stage';
import { reportFailure } from '../util/diagnostics';
import { HeldChunks } from './held-chunks';
import type { GatedResponse } from './gated-response';
import type { SessionGate } from './session-gate';

/** Node's default for HTTP/2 streams, for responses that do not tell theirs. */
const defaultHighWaterMark = 16_384;

/** `queueMicrotask` makes an `AsyncResource` for each call, which takes longer than all else here. */
const ticksOver = Promise.resolve();

/**
 * The last stage of one HTTP/2 response: hands its bytes to Node when the session says so.
 *
 * Bytes pass at once while the session is quiet; otherwise they wait here, in the app's own
 * buffers, and leave piece by piece.
 */
export class ResponseGate implements BodyStage, GatedResponse {
  readonly #session: SessionGate;
  /** Both until the response closed: what may outlive it must not keep it. */
  #next: BodySink | undefined;
  #tapped: TappedResponse | undefined;
  readonly #held = new HeldChunks();
  readonly #highWaterMark: number;
  /** Bytes passed at once that Node has not reported as written. */
  #passingBytes = 0;
  #isEnding = false;
  #endCallback: WriteCallback | undefined;
  #isWriterWaiting = false;
  #lastTrickleMs = -Infinity;
  readonly #contentBytes: number | undefined;
  #writtenBytes = 0;
  /** What is held is the end of the content, and waits for nothing but the call of `end`. */
  #isKept = false;

  /** @param contentBytes Length of the body, if the response may end with its last bytes. */
  constructor(
    readonly id: number,
    session: SessionGate,
    next: BodySink,
    tapped: TappedResponse,
    contentBytes?: number,
  ) {
    this.#contentBytes = contentBytes;
    this.#session = session;
    this.#next = next;
    this.#tapped = tapped;
    // Compat responses of HTTP/2 may lack what the type promises.
    const highWaterMark: number | undefined = tapped.res.writableHighWaterMark;
    this.#highWaterMark = highWaterMark ?? defaultHighWaterMark;
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  /** Whether there is anything to release; an empty chunk counts, for the sake of its callback. */
  get isWaiting(): boolean {
    return !this.#held.isEmpty;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    const next = this.#next;
    if (next === undefined) {
      refuse(callback);
      return true;
    }
    const bytes = sizeOf(chunk, encoding);
    this.#writtenBytes += bytes;
    this.#passKept();
    if (this.#held.isEmpty && (this.#session.admits(bytes, this) || this.#trickles(bytes))) {
      if (this.#writtenBytes === this.#contentBytes) {
        this.#keep(chunk, encoding, callback);
        return true;
      }
      return next.write(chunk, encoding, this.#countPassing(bytes, callback));
    }
    this.#hold(chunk, encoding, callback);
    this.#isWriterWaiting = this.#held.bytes >= this.#highWaterMark;
    return !this.#isWriterWaiting;
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    const next = this.#next;
    if (next === undefined) {
      refuse(callback);
      return;
    }
    this.#isEnding = true;
    const bytes = chunk === undefined ? 0 : sizeOf(chunk, encoding);
    if (this.#isKept && bytes === 0) {
      this.#endCallback = callback;
      this.#passKept();
      return;
    }
    this.#passKept();
    if (this.#held.isEmpty && (bytes === 0 || this.#session.admits(bytes, this))) {
      this.#countDirect(bytes);
      next.end(chunk, encoding, callback);
      return;
    }
    if (chunk !== undefined) this.#hold(chunk, encoding, callback);
    else this.#endCallback = callback;
  }

  /** Other bytes than the last ones wait for their turn only, never for more bytes. */
  flush(): void {
    this.#passKept();
  }

  abandon(): void {
    if (this.#next === undefined) return;
    this.#next = undefined;
    this.#tapped = undefined;
    this.#isKept = false;
    this.#session.passing(-this.#passingBytes);
    this.#passingBytes = 0;
    this.#drop();
    this.#session.leave(this);
  }

  /**
   * Hands up to `limit` bytes to Node and returns how many it were.
   *
   * @param done Called when Node has written the last of them or failed to.
   */
  release(limit: number, done: WriteCallback): number {
    let released = 0;
    try {
      for (;;) {
        const piece = this.#held.take(limit - released);
        if (piece === undefined) break;
        released += piece.bytes.byteLength;
        const isLast = this.#held.isEmpty || released >= limit;
        this.#pass(piece.bytes, isLast ? both(piece.callback, done) : piece.callback);
        if (isLast) break;
      }
    } catch (error) {
      // Called from the event loop, where nobody could catch it.
      reportFailure('multiplexing', error);
      this.#drop();
      done(closedError());
    }
    return released;
  }

  /** Tells a waiting writer that it may go on, once there is room. */
  announceRoom(): void {
    if (!this.#isWriterWaiting || this.#held.bytes >= this.#highWaterMark) return;
    this.#isWriterWaiting = false;
    this.#tapped?.drained();
  }

  /** END_STREAM rides on the last piece. */
  #pass(bytes: Uint8Array, callback: WriteCallback | undefined): void {
    if (!this.#isEnding || !this.#held.isEmpty) {
      this.#next?.write(bytes, undefined, callback);
      return;
    }
    const ended = this.#endCallback;
    this.#endCallback = undefined;
    this.#next?.end(bytes, undefined, both(ended, callback));
  }

  /** A stream of small events must not wait for others, whatever its priority. */
  #trickles(bytes: number): boolean {
    if (this.#passingBytes > 0) return false;
    const nowMs = this.#session.admitsTrickle(bytes, this.#lastTrickleMs);
    if (nowMs === undefined) return false;
    this.#lastTrickleMs = nowMs;
    return true;
  }

  /**
   * A stream that is piped says that it has ended a moment after its last bytes, in a later tick of
   * the same callback. Until these ticks are over the bytes wait, so that END_STREAM rides on them.
   */
  #keep(chunk: Chunk, encoding: BufferEncoding | undefined, callback?: WriteCallback): void {
    this.#take(chunk, encoding, callback);
    this.#isKept = true;
    void ticksOver.then(() => this.#passKept());
  }

  #passKept(): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    const kept = this.#held.take(Infinity);
    if (kept === undefined) return;
    const { bytes, callback } = kept;
    if (this.#isEnding) {
      this.#countDirect(bytes.byteLength);
      this.#pass(bytes, callback);
    } else this.#pass(bytes, this.#countPassing(bytes.byteLength, callback));
  }

  #hold(chunk: Chunk, encoding: BufferEncoding | undefined, callback?: WriteCallback): void {
    const isFirst = this.#held.isEmpty;
    this.#take(chunk, encoding, callback);
    if (isFirst) this.#session.wait(this);
  }

  #take(chunk: Chunk, encoding: BufferEncoding | undefined, callback?: WriteCallback): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    if (this.#tapped?.res.headersSent === false) this.#tapped.commitHeaders();
    this.#held.push(bytes, callback);
  }

  /** What is not settled before is by `abandon`: the last bytes need no listener. */
  #countDirect(bytes: number): void {
    this.#passingBytes += bytes;
    this.#session.passing(bytes);
  }

  #countPassing(bytes: number, callback: WriteCallback | undefined): WriteCallback {
    this.#countDirect(bytes);
    return (error) => {
      if (this.#next !== undefined) {
        this.#passingBytes -= bytes;
        this.#session.passing(-bytes);
      }
      callback?.(error);
    };
  }

  #drop(): void {
    const owed = this.#held.drop();
    if (this.#endCallback !== undefined) owed.push(this.#endCallback);
    this.#endCallback = undefined;
    if (owed.length === 0) return;
    const error = closedError();
    for (const callback of owed) process.nextTick(callback, error);
  }
}

function sizeOf(chunk: Chunk, encoding: BufferEncoding | undefined): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

function both(
  first: WriteCallback | undefined,
  second: WriteCallback | undefined,
): WriteCallback | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return (error) => {
    second(error);
    first(error);
  };
}

function refuse(callback: WriteCallback | undefined): void {
  if (callback !== undefined) process.nextTick(callback, closedError());
}

/** What Node gives the callbacks of a stream that was destroyed under them. */
function closedError(): Error {
  return Object.assign(new Error('Cannot call write after a stream was destroyed'), {
    code: 'ERR_STREAM_DESTROYED',
  });
}
