import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { kFinalHead } from '../util/final-head';
import type { BodyHolder, HeldHead, kBodyHolder, kHead, kSendHead } from '../util/held-response';
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
  readonly flush: (() => void) | undefined;
}

/** What the replaced methods call, with their arguments put in order. */
export interface TapHandlers extends BodyHolder {
  writeHead(status: number, rest: readonly unknown[]): void;
  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean;
  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void;
  flush(): void;
}

/** Where a tapped response keeps its tap. The replaced methods are shared: no closure per response. */
export const kTap = Symbol('headstart.tap');

export type Tapped = ServerResponse & {
  readonly stream?: Duplex;
  [kTap]?: TapHandlers;
  [kFinalHead]?: true;
  [kBodyHolder]?: BodyHolder;
  [kHead]?: 'wanted' | HeldHead | undefined;
  readonly [kSendHead]?: () => void;
};

/** Replaces `res.writeHead`, which Node calls for implicit headers too. Returns what was there. */
export function replaceWriteHead(res: Tapped): WriteHead {
  const original = res.writeHead as WriteHead;
  res.writeHead = tappedWriteHead;
  return original;
}

/** Replaces `res.write` and `res.end`, and adds `res.flush`. Returns what was there. */
export function replaceBodyMethods(res: Tapped): BodyMethods {
  const { flush } = res as { flush?: () => void };
  const original = { write: res.write as Write, end: res.end as End, flush };
  res.write = tappedWrite as ServerResponse['write'];
  res.end = tappedEnd as ServerResponse['end'];
  (res as { flush?: () => void }).flush = tappedFlush;
  return original;
}

/** False when another middleware has put its own `write` in place of the tap's. */
export function isTapped(res: Tapped): boolean {
  return res.write === (tappedWrite as ServerResponse['write']);
}

function tappedWriteHead(this: Tapped, status: number, ...rest: unknown[]): ServerResponse {
  this[kTap]?.writeHead(status, rest);
  return this;
}

function tappedWrite(this: Tapped, chunk: Chunk, encoding?: unknown, callback?: unknown): boolean {
  if (encoding === undefined && callback === undefined) return this[kTap]?.write(chunk) ?? false;
  const isShort = typeof encoding === 'function';
  const written = (isShort ? encoding : callback) as WriteCallback | undefined;
  const charset = isShort ? undefined : (encoding as BufferEncoding);
  return this[kTap]?.write(chunk, charset, written) ?? false;
}

function tappedEnd(
  this: Tapped,
  chunk?: unknown,
  encoding?: unknown,
  callback?: unknown,
): ServerResponse {
  const isBare = typeof chunk === 'function';
  const done = isBare ? chunk : typeof encoding === 'function' ? encoding : callback;
  const last = isBare ? undefined : (chunk ?? undefined);
  const charset = typeof encoding === 'string' ? encoding : undefined;
  this[kTap]?.end(last as Chunk, charset as BufferEncoding, done as WriteCallback);
  return this;
}

function tappedFlush(this: Tapped): void {
  this[kTap]?.flush();
}

/**
 * From the first byte that a stage holds past the call that wrote it, the response must count that
 * byte in what it tells: its `writableLength`, `writableNeedDrain` and `writableEnded`, and its
 * `drain` event, which Node may emit while a stage is still full.
 */
export function showHeldBytes(res: Tapped, tap: TapHandlers): void {
  const show = (key: string, get: () => unknown) =>
    Object.defineProperty(res, key, { configurable: true, get });
  show('writableLength', () => Number(native(res, 'writableLength')) + tap.heldBytes);
  show('writableNeedDrain', () => tap.mustDrain || isFullItself(res));
  show('writableEnded', () => tap.ended || native(res, 'writableEnded'));
  // On HTTP/1.1 `finished` is Node's own state, which its `end` reads.
  if (!Object.hasOwn(res, 'finished')) {
    show('finished', () => tap.ended || native(res, 'finished'));
  }
  const emit = res.emit;
  res.emit = function emitWhenDrained(event: string | symbol, ...parts: unknown[]): boolean {
    if (event === 'drain' && !tap.nodeDrained()) return false;
    return emit.call(res, event, ...parts);
  };
}

/** Whether Node itself is full now, and a `drain` event of its own will follow. */
export function isNodeFull(res: ServerResponse, stream: Duplex | undefined): boolean {
  return stream === undefined ? isFullItself(res) : stream.writableNeedDrain;
}

function isFullItself(res: ServerResponse): boolean {
  return native(res, 'writableNeedDrain') === true;
}

function native(res: ServerResponse, key: string): unknown {
  return Reflect.get(Object.getPrototypeOf(res) as object, key, res);
}

/** Lets the stages know when the response closed. */
export function watchClose(res: Tapped): void {
  res.on('close', onClose);
}

function onClose(this: Tapped): void {
  this[kTap]?.abandon();
}
