import type {
  BodySink,
  BodyStage,
  Chunk,
  TappedResponse,
  WriteCallback,
} from '../response/body-stage';
import { reportFailure } from '../util/diagnostics';
import { FlushQueue } from '../buffers/flush-queue';
import type { FlushTask } from '../buffers/flush-queue';
import type { Codec } from './codec';
import type { CoderStream } from './node-zlib';
import type { Compressor } from './compressor';

/** As much as zlib is given at a time, and Node reads of a file. */
const fullBytes = 64 * 1024;

/** Node's default for streams, for responses that do not tell theirs. */
const defaultHighWaterMark = 16 * 1024;

/** After the poll phase: all that came in one turn of the event loop is compressed as one. */
const turnOver = new FlushQueue((run) => {
  setImmediate(run);
});

/**
 * Compresses a body that comes in pieces. What was written in one turn of the event loop leaves at
 * its end, except of a file, which is read faster than anybody waits for its parts.
 *
 * ```
 * app ─> gathered ─> zlib (a thread) ─> next
 *        this turn   at most a high-water mark of output that Node has not written
 * ```
 */
export class EncoderStage implements BodyStage, FlushTask {
  readonly #next: BodySink;
  readonly #tapped: TappedResponse;
  readonly #codec: Codec;
  readonly #compressor: Compressor;
  readonly #isPatient: boolean;
  readonly #highWaterMark: number;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #callbacks: WriteCallback[] = [];
  #stream: CoderStream | undefined;
  /** Taken by zlib and not compressed yet. */
  #encodingBytes = 0;
  /** Passed on and not written yet. */
  #passingBytes = 0;
  #hasBegun = false;
  #isScheduled = false;
  #isFlushing = false;
  /** Bytes came while a flush was under way. */
  #mustFlush = false;
  #owesDrain = false;
  #isOver = false;
  #isAbandoned = false;

  /** @param isPatient Whether bytes may wait for more. */
  constructor(
    next: BodySink,
    tapped: TappedResponse,
    codec: Codec,
    compressor: Compressor,
    isPatient: boolean,
  ) {
    this.#next = next;
    this.#tapped = tapped;
    this.#codec = codec;
    this.#compressor = compressor;
    this.#isPatient = isPatient;
    this.#highWaterMark = tapped.res.writableHighWaterMark || defaultHighWaterMark;
  }

  get heldBytes(): number {
    return this.#gatheredBytes + this.#encodingBytes;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    if (this.#isOver) {
      if (callback !== undefined) process.nextTick(callback, destroyedError());
      return false;
    }
    this.#gather(chunk, encoding, callback);
    if (this.#gatheredBytes >= fullBytes) this.#encode();
    else if (!this.#isPatient) this.#schedule();
    else if (this.#encodingBytes === 0) return true;
    if (this.heldBytes < this.#highWaterMark) return true;
    this.#owesDrain = true;
    return false;
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    if (this.#isOver) {
      if (callback !== undefined) process.nextTick(callback);
      return;
    }
    if (chunk !== undefined) this.#gather(chunk, encoding, undefined);
    if (this.#stream === undefined && this.#compressor.isSmall(this.#gatheredBytes)) {
      this.#endAtOnce(callback);
      return;
    }
    this.#open().once('end', () => {
      this.#close();
      this.#next.end(undefined, undefined, callback);
    });
    this.#encode('last');
  }

  flush(): void {
    this.#encode();
    if (this.#isPatient) this.#flushStream();
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#close();
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#compressor.load.count(-this.#encodingBytes);
    this.#encodingBytes = 0;
    const owed = this.#callbacks;
    this.#callbacks = [];
    for (const callback of owed) process.nextTick(callback, destroyedError());
  }

  /** @internal */
  flushNow(): void {
    this.#isScheduled = false;
    if (this.#isOver) return;
    try {
      this.#encode();
    } catch (error) {
      this.#fail(error);
    }
  }

  #gather(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    const bytes = toBuffer(chunk, encoding);
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (callback !== undefined) this.#callbacks.push(callback);
  }

  #take(): Buffer {
    const [first] = this.#gathered;
    const bytes =
      first !== undefined && this.#gathered.length === 1
        ? first
        : Buffer.concat(this.#gathered, this.#gatheredBytes);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    return bytes;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    turnOver.add(this);
  }

  /** The whole body came in one turn and is small. */
  #endAtOnce(callback: WriteCallback | undefined): void {
    this.#isOver = true;
    const body = this.#take();
    const encoded = this.#codec.compressSync(body);
    this.#compressor.counters.sync++;
    this.#compressor.counters.count(body.length, encoded.length);
    const owed = this.#callbacks;
    this.#callbacks = [];
    this.#next.end(encoded, undefined, (error) => {
      for (const one of owed) one(error);
      callback?.(error);
    });
  }

  #encode(which?: 'last'): void {
    if (which === undefined && this.#gatheredBytes === 0 && this.#callbacks.length === 0) return;
    const stream = this.#open();
    const bytes = this.#take();
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    this.#encodingBytes += bytes.length;
    this.#compressor.load.count(bytes.length);
    this.#compressor.counters.count(bytes.length, 0);
    const done = (error?: Error | null): void => {
      this.#encoded(bytes.length);
      for (const callback of callbacks) callback(error);
    };
    // What comes with the end needs no flush of its own.
    if (which === 'last') stream.end(bytes, done);
    else stream.write(bytes, done);
  }

  #encoded(bytes: number): void {
    if (this.#isAbandoned) return;
    this.#encodingBytes -= bytes;
    this.#compressor.load.count(-bytes);
    if (!this.#owesDrain) return;
    if (this.heldBytes >= this.#highWaterMark) {
      // The writer waits, so nothing else will make these bytes leave.
      if (this.#encodingBytes === 0) this.#encode();
      return;
    }
    this.#owesDrain = false;
    this.#tapped.drained();
  }

  /** One flush at a time: the next one takes all that came meanwhile. */
  #flushStream(): void {
    if (this.#stream === undefined) return;
    if (this.#isFlushing) {
      this.#mustFlush = true;
      return;
    }
    this.#isFlushing = true;
    this.#stream.flush(this.#codec.flushKind, () => {
      this.#isFlushing = false;
      if (!this.#mustFlush || this.#isOver) return;
      this.#mustFlush = false;
      this.#flushStream();
    });
  }

  #open(): CoderStream {
    if (this.#stream !== undefined) return this.#stream;
    const stream = this.#codec.createStream(!this.#isPatient);
    this.#stream = stream;
    this.#compressor.counters.openStreams++;
    this.#compressor.counters.streamed++;
    stream.on('data', (bytes: Buffer) => this.#pass(bytes));
    stream.on('error', (error) => this.#fail(error));
    return stream;
  }

  #pass(encoded: Buffer): void {
    const bytes = this.#hasBegun ? encoded : this.#codec.begin(encoded);
    this.#hasBegun = true;
    this.#compressor.counters.count(0, bytes.length);
    this.#passingBytes += bytes.length;
    this.#next.write(bytes, undefined, () => this.#passed(bytes.length));
    if (this.#passingBytes >= this.#highWaterMark) this.#stream?.pause();
  }

  #passed(bytes: number): void {
    this.#passingBytes -= bytes;
    if (this.#passingBytes < this.#highWaterMark) this.#stream?.resume();
  }

  /** Half a body has left: the response cannot be completed. */
  #fail(error: unknown): void {
    if (this.#isOver) return;
    reportFailure('dynamicCompression', error);
    this.#tapped.res.destroy(error instanceof Error ? error : undefined);
  }

  #close(): void {
    this.#isOver = true;
    if (this.#stream === undefined) return;
    this.#compressor.counters.openStreams--;
    this.#stream.destroy();
    this.#stream = undefined;
  }
}

export function toBuffer(chunk: Chunk, encoding?: BufferEncoding): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function destroyedError(): Error {
  return Object.assign(new Error('Cannot call write after a stream was destroyed'), {
    code: 'ERR_STREAM_DESTROYED',
  });
}
