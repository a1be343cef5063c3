import type { BodySink, BodyStage, Chunk, WriteCallback } from '../response/body-stage';

/** What becomes of a captured body; one of the two is called, once. */
export interface CaptureEvents {
  /** The app has ended the response, and this is all of it. */
  readonly complete: (body: Buffer) => void;
  /** The client left first, or there was too much of it. */
  readonly lost: (why: 'aborted' | 'too-large') => void;
}

/**
 * Keeps a copy of a body that passes. Every chunk goes on at once, as it came; it is copied before
 * that, because its memory may be used again as soon as Node has it.
 */
export class BodyCapture implements BodyStage {
  readonly heldBytes = 0;
  readonly #next: BodySink;
  readonly #maxBytes: number;
  readonly #events: CaptureEvents;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isOver = false;

  constructor(next: BodySink, maxBytes: number, events: CaptureEvents) {
    this.#next = next;
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    this.#keep(chunk, encoding);
    return this.#next.write(chunk, encoding, callback);
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    if (chunk !== undefined) this.#keep(chunk, encoding);
    this.#next.end(chunk, encoding, callback);
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.complete(this.#whole());
  }

  flush(): void {}

  abandon(): void {
    this.#lose('aborted');
  }

  /** Nobody wants the copy any more. */
  stop(): void {
    this.#isOver = true;
    this.#parts = [];
  }

  #keep(chunk: Chunk, encoding: BufferEncoding | undefined): void {
    if (this.#isOver) return;
    // A unit of a string makes at least half a byte (Base64 three quarters, hex a half).
    if (this.#bytes + Math.floor(chunk.length / 2) > this.#maxBytes) {
      this.#lose('too-large');
      return;
    }
    const copy = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : copyOf(chunk);
    this.#parts.push(copy);
    this.#bytes += copy.byteLength;
    if (this.#bytes > this.#maxBytes) this.#lose('too-large');
  }

  #lose(why: 'aborted' | 'too-large'): void {
    if (this.#isOver) return;
    this.stop();
    this.#events.lost(why);
  }

  #whole(): Buffer {
    const [first] = this.#parts;
    const isAlone = this.#parts.length === 1 && first?.byteLength === first?.buffer.byteLength;
    return isAlone && first !== undefined ? first : copyOf(...this.#parts);
  }
}

/** In memory of its own: a view of Node's pool would keep 8 KiB or more alive. */
function copyOf(...parts: readonly Uint8Array[]): Buffer {
  const copy = Buffer.allocUnsafeSlow(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    copy.set(part, at);
    at += part.byteLength;
  }
  return copy;
}
