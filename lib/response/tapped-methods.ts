import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { kFinalHead } from '../util/final-head';
import { kTap, kUntapped, tappedEnd, tappedWrite } from '../util/tapping';
import type { HeldHead, kHead, kSendHead, Tapping, UntappedMethods } from '../util/tapping';

export type Tapped = ServerResponse & {
  readonly stream?: Duplex;
  [kTap]?: Tapping | undefined;
  readonly [kUntapped]?: UntappedMethods;
  [kFinalHead]?: true | undefined;
  [kHead]?: 'wanted' | HeldHead | undefined;
  readonly [kSendHead]?: () => void;
};

/** The methods that were there before, to be called with the response as `this`. */
export type BodyMethods = Pick<UntappedMethods, 'write' | 'end'> & { readonly flush?: () => void };

export type WriteHead = UntappedMethods['writeHead'];

/**
 * What calls `writeHead` when nobody taps. A response of ours asks its tap by itself, unless another
 * middleware has its own method in front already.
 */
export function tapWriteHead(res: Tapped): WriteHead {
  const untapped = res[kUntapped];
  if (untapped !== undefined && !Object.hasOwn(res, 'writeHead')) return untapped.writeHead;
  const original = res.writeHead as WriteHead;
  res.writeHead = writeHeadToTap;
  return original;
}

/** The same for `write` and `end`; adds `flush`. */
export function tapBodyMethods(res: Tapped): BodyMethods {
  const untapped = res[kUntapped];
  if (untapped !== undefined && !Object.hasOwn(res, 'end')) return untapped;
  const { flush } = res as { flush?: () => void };
  const ownFlush = Object.hasOwn(res, 'flush') ? flush : undefined;
  const original = { write: res.write as BodyMethods['write'], end: res.end as BodyMethods['end'] };
  res.write = writeToTap as ServerResponse['write'];
  res.end = endToTap as ServerResponse['end'];
  (res as { flush?: () => void }).flush = flushTap;
  const isOurs = untapped !== undefined && flush !== ownFlush;
  return flush === undefined || isOurs ? original : { ...original, flush };
}

/** False when another middleware has put its own `write` in place of the tap's. */
export function isTapped(res: Tapped): boolean {
  return Object.hasOwn(res, 'write')
    ? res.write === (writeToTap as ServerResponse['write'])
    : res[kUntapped] !== undefined;
}

function writeHeadToTap(this: Tapped, status: number, ...rest: unknown[]): ServerResponse {
  this[kTap]?.writeHead(status, rest);
  return this;
}

function writeToTap(this: Tapped, chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
  const tap = this[kTap];
  return tap !== undefined && tappedWrite(tap, chunk, encoding, callback);
}

function endToTap(
  this: Tapped,
  chunk?: unknown,
  encoding?: unknown,
  callback?: unknown,
): ServerResponse {
  const tap = this[kTap];
  if (tap !== undefined) tappedEnd(tap, chunk, encoding, callback);
  return this;
}

function flushTap(this: Tapped): void {
  this[kTap]?.flush();
}

/**
 * From the first byte that a stage holds past the call that wrote it, the response must count that
 * byte in what it tells: its `writableLength`, `writableNeedDrain` and `writableEnded`, and its
 * `drain` event, which Node may emit while a stage is still full. Responses of ours do by themselves.
 */
export function showHeldBytes(res: Tapped, tap: Tapping): void {
  const show = (key: string, get: () => unknown) =>
    Object.defineProperty(res, key, { configurable: true, get });
  // Node 26 decides by `writableLength` what its `write` answers, and whether `drain` will follow.
  show(
    'writableLength',
    () => Number(native(res, 'writableLength')) + (tap.isInNode ? 0 : tap.heldBytes),
  );
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

/** Lets the stages know when a response that does not say so itself closed. */
export function watchClose(res: Tapped): void {
  res.on('close', onClose);
}

function onClose(this: Tapped): void {
  this[kTap]?.abandon();
}

/** Lets the tap know what is piped into a response that does not say so itself. */
export function watchPipes(res: Tapped): void {
  if (res[kUntapped] === undefined) res.on('pipe', onPipe);
}

function onPipe(this: Tapped, source: unknown): void {
  this[kTap]?.piped(source);
}
