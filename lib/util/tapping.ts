/**
 * How parts hold back a response, or take its bytes, without anybody noticing. The methods of an
 * HTTP/2 response of ours ask the tap by themselves; on others the tap replaces methods of the
 * single response, which costs more.
 */

/** Where a response keeps its {@link Tapping}. */
export const kTap = Symbol('headstart.tap');

/** Where the prototype of responses of ours keeps its {@link UntappedMethods}. */
export const kUntapped = Symbol('headstart.untapped');

/** Set to `'wanted'`, the next `writeHead` only notes the head: it leaves with the first bytes. */
export const kHead = Symbol('headstart.head');

/** A method of responses that can hold their head: sends it, if it is held. */
export const kSendHead = Symbol('headstart.sendHead');

/** A head that was committed and has not left: its status. */
export interface HeldHead {
  readonly statusCode: number;
}

/** Whom a response asks before it does what it was told. The arguments are in order. */
export interface Tapping {
  /** Whether `writeHead` is to be called. */
  readonly seesHead: boolean;
  /** Whether `write`, `end` and `flush` are to be called. */
  readonly seesBody: boolean;
  /** Bytes of the body that the app has written and Node has not been given. */
  readonly heldBytes: number;
  /** True once the app has called `res.end()`. */
  readonly ended: boolean;
  /** True after a `write` answered `false`, until `drain`. */
  readonly mustDrain: boolean;
  /** True while Node's own `write` runs. */
  readonly isInNode: boolean;
  writeHead(status: number, rest: readonly unknown[]): void;
  write(chunk: string | Uint8Array, encoding?: BufferEncoding, callback?: Written): boolean;
  end(chunk?: string | Uint8Array, encoding?: BufferEncoding, callback?: Written): void;
  flush(): void;
  /** Somebody pipes `source` into the response. */
  piped(source: unknown): void;
  /** Node has room again. @returns Whether the app may be told. */
  nodeDrained(): boolean;
  /** The response closed. */
  abandon(): void;
}

export type Written = (error?: Error | null) => void;

/** What the methods do when nobody taps; called with the response as `this`. */
export interface UntappedMethods {
  readonly write: (chunk: unknown, encoding?: unknown, callback?: unknown) => boolean;
  readonly end: (chunk?: unknown, encoding?: unknown, callback?: unknown) => unknown;
  readonly writeHead: (status: number, ...rest: unknown[]) => unknown;
}

/**
 * `res.write(chunk, encoding?, callback?)` with its arguments put in order.
 */
export function tappedWrite(
  tap: Tapping,
  chunk: unknown,
  encoding: unknown,
  callback: unknown,
): boolean {
  if (typeof encoding === 'function')
    return tap.write(chunk as string, undefined, encoding as Written);
  return tap.write(chunk as string, encoding as BufferEncoding, callback as Written);
}

/** `res.end(chunk?, encoding?, callback?)` with its arguments put in order. */
export function tappedEnd(
  tap: Tapping,
  chunk: unknown,
  encoding: unknown,
  callback: unknown,
): void {
  const isBare = typeof chunk === 'function';
  const done = isBare ? chunk : typeof encoding === 'function' ? encoding : callback;
  const last = isBare ? undefined : (chunk ?? undefined);
  const charset = typeof encoding === 'string' ? encoding : undefined;
  tap.end(last as string, charset as BufferEncoding, done as Written);
}
