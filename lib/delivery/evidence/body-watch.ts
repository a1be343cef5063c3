import type { ServerResponse } from 'node:http';
import type { BodySink, BodyStage, Chunk, WriteCallback } from '../../response/body-stage';
import { ResponseTap } from '../../response/response-tap';

/** What was seen of a body when it ended, or was given up. */
export interface SeenBody {
  /** Bytes the app wrote, or what a middleware of its own made of them. */
  readonly bytes: number;
  /** The first of them, as many as were asked for. */
  readonly head: Buffer;
  readonly isComplete: boolean;
}

const nothing = Buffer.alloc(0);

/** A body under watch. */
export interface WatchedBody {
  /** Called once, after the last byte was handed on or when the response closed; set it in time. */
  onSeen?: (body: SeenBody) => void;
}

/**
 * Counts the bytes of a response and copies the first ones while they pass. Nothing waits for it.
 *
 * @param headBytes Asked before the first byte: how many to copy; `undefined` for a response that
 *   need not be watched.
 */
export function watchBody(res: ServerResponse, headBytes: () => number | undefined): WatchedBody {
  const watched: WatchedBody = {};
  ResponseTap.of(res).use('scan', (next) => {
    const room = headBytes();
    return room === undefined ? undefined : new BodyWatch(next, room, watched);
  });
  return watched;
}

class BodyWatch implements BodyStage {
  readonly heldBytes = 0;
  readonly #next: BodySink;
  readonly #head: Buffer[] = [];
  readonly #watched: WatchedBody;
  #room: number;
  #bytes = 0;
  #isSeen = false;

  constructor(next: BodySink, headBytes: number, watched: WatchedBody) {
    this.#next = next;
    this.#room = headBytes;
    this.#watched = watched;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    // Copied first: whoever wrote a buffer may use it again as soon as it is written.
    this.#look(chunk, encoding);
    return this.#next.write(chunk, encoding, callback);
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    if (chunk !== undefined) this.#look(chunk, encoding);
    this.#next.end(chunk, encoding, callback);
    this.#report(true);
  }

  flush(): void {}

  abandon(): void {
    this.#report(false);
  }

  #look(chunk: Chunk, encoding?: BufferEncoding): void {
    this.#bytes +=
      typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
    if (this.#room <= 0) return;
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk.slice(0, this.#room), encoding)
        : Buffer.from(chunk.subarray(0, this.#room));
    this.#room -= bytes.length;
    this.#head.push(bytes);
  }

  #report(isComplete: boolean): void {
    if (this.#isSeen) return;
    this.#isSeen = true;
    const head = this.#head.length === 0 ? nothing : Buffer.concat(this.#head);
    this.#watched.onSeen?.({ bytes: this.#bytes, head, isComplete });
  }
}
