import type { ServerResponse } from 'node:http';
import type { Chunk, WriteCallback } from './body-stage';

export type WriteHead = (this: ServerResponse, status: number, ...rest: unknown[]) => unknown;

type Write = (
  this: ServerResponse,
  chunk: Chunk,
  encoding?: BufferEncoding,
  callback?: WriteCallback,
) => boolean;

type End = (
  this: ServerResponse,
  chunk?: Chunk,
  encoding?: BufferEncoding,
  callback?: WriteCallback,
) => unknown;

/** The methods that were there before, to be called with the response as `this`. */
export interface BodyMethods {
  readonly write: Write;
  readonly end: End;
}

/** What the replaced methods call, with their arguments put in order. */
export interface BodyHandlers {
  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean;
  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void;
  flush(): void;
}

/** What a response reports while stages hold bytes of it. */
export interface HeldBytes {
  heldBytes(): number;
  isFull(): boolean;
  isEnded(): boolean;
  mustDrain(): boolean;
  onDrain(): void;
}

type Mutable = Record<string, unknown>;

/** Replaces `res.writeHead`, which Node calls for implicit headers too. Returns what was there. */
export function replaceWriteHead(
  res: ServerResponse,
  handler: (status: number, rest: readonly unknown[]) => void,
): WriteHead {
  const original = res.writeHead as WriteHead;
  (res as unknown as Mutable).writeHead = function writeHead(status: number, ...rest: unknown[]) {
    handler(status, rest);
    return res;
  };
  return original;
}

/** Replaces `res.write` and `res.end`, and adds `res.flush`. Returns what was there. */
export function replaceBodyMethods(res: ServerResponse, handlers: BodyHandlers): BodyMethods {
  const original = { write: res.write as Write, end: res.end as End };
  const replaced = res as unknown as Mutable;
  const flushBefore = replaced.flush;
  replaced.write = function write(chunk: Chunk, encoding?: unknown, callback?: unknown) {
    if (typeof encoding === 'function') return handlers.write(chunk, undefined, encoding as never);
    return handlers.write(chunk, encoding as BufferEncoding, callback as WriteCallback);
  };
  replaced.end = function end(chunk?: unknown, encoding?: unknown, callback?: unknown) {
    if (typeof chunk === 'function') handlers.end(undefined, undefined, chunk as WriteCallback);
    else if (typeof encoding === 'function') {
      handlers.end((chunk ?? undefined) as Chunk, undefined, encoding as WriteCallback);
    } else {
      const last = (chunk ?? undefined) as Chunk | undefined;
      handlers.end(last, encoding as BufferEncoding, callback as WriteCallback);
    }
    return res;
  };
  replaced.flush = function flush() {
    handlers.flush();
    if (typeof flushBefore === 'function') flushBefore.call(res);
  };
  return original;
}

/**
 * From the first byte that a stage holds past the call that wrote it, the response must count that
 * byte in what it tells: its `writableLength`, `writableNeedDrain` and `writableEnded`, and its
 * `drain` event, which Node may emit while a stage is still full.
 *
 * @returns Whether Node itself is full now, and a `drain` event of its own will follow.
 */
export function showHeldBytes(res: ServerResponse, held: HeldBytes): () => boolean {
  const native = Object.getPrototypeOf(res) as object;
  const inherited = (key: string): unknown => Reflect.get(native, key, res);
  const show = (key: string, get: () => unknown) =>
    Object.defineProperty(res, key, { configurable: true, get });
  show('writableLength', () => Number(inherited('writableLength')) + held.heldBytes());
  show('writableNeedDrain', () => held.mustDrain() || inherited('writableNeedDrain'));
  show('writableEnded', () => held.isEnded() || inherited('writableEnded'));
  // On HTTP/1.1 `finished` is Node's own state, which its `end` reads.
  if (!Object.hasOwn(res, 'finished')) {
    show('finished', () => held.isEnded() || inherited('finished'));
  }
  const emit = res.emit;
  res.emit = function emitWhenDrained(event: string | symbol, ...parts: unknown[]): boolean {
    if (event === 'drain') {
      if (held.isFull()) return false;
      held.onDrain();
    }
    return emit.call(res, event, ...parts);
  };
  return () => inherited('writableNeedDrain') === true;
}
