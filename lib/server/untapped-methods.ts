import type { OutgoingHttpHeaders } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { ServerStreamResponseOptions } from 'node:http2';
import { kFinalHead } from '../util/final-head';
import { refuseLateWrite } from '../util/late-write';
import { mergeHeaders } from '../util/merge-headers';
import type { HeadersArgument } from '../util/merge-headers';
import { kHead, kSendHead } from '../util/tapping';
import type { HeldHead, UntappedMethods } from '../util/tapping';
import { isHead } from './head-socket';
import { headerFields } from './header-table';
import { hasNodeEnded } from './http2-response-views';

/** Set while `end()` runs before the headers have left. */
export const kEnding = Symbol('headstart.ending');

/** Set once a trailer was. */
export const kTrailing = Symbol('headstart.trailing');

/** What the methods need of a response beside Node's own. */
interface UntappedResponse extends Http2ServerResponse {
  [kEnding]: 'without-body' | 'with-only-chunk' | undefined;
  readonly [kTrailing]: true | undefined;
  readonly [kFinalHead]: true | undefined;
  [kHead]: 'wanted' | HeldHead | undefined;
  [kSendHead](): void;
}

type Methods = {
  readonly [K in keyof UntappedMethods]: (
    this: UntappedResponse,
    ...parts: Parameters<UntappedMethods[K]>
  ) => ReturnType<UntappedMethods[K]>;
};

/** Their types as in Node's own class are overloads, which `call` does not understand. */
const node = Http2ServerResponse.prototype as unknown as Methods;

/** What `write`, `end` and `writeHead` of an HTTP/2 response do when nobody taps it. */
export const untappedMethods = {
  write: writeUntapped,
  end: endUntapped,
  writeHead: writeHeadOrHold,
} satisfies Methods;

function writeHeadOrHold(this: UntappedResponse, status: number, ...rest: unknown[]): unknown {
  const [first, second] = rest;
  const headers = (typeof first === 'string' ? second : first) as HeadersArgument | undefined;
  const held = this[kHead];
  if (held === 'wanted' && !this.stream.headersSent) {
    if (headers !== undefined && headers !== null) mergeHeaders(this, headers);
    this.statusCode = status;
    this[kHead] = { statusCode: this.statusCode };
    return this;
  }
  if (held !== undefined) this[kSendHead]();
  return sendHead(this, status, headers);
}

function sendHead(
  res: UntappedResponse,
  statusCode: number,
  headers: HeadersArgument | undefined,
): unknown {
  const { stream } = res;
  if (stream.destroyed || stream.closed) return res;
  // Node says what is wrong with a second head.
  if (stream.headersSent) return node.writeHead.call(res, statusCode);
  if (headers !== undefined && headers !== null) mergeHeaders(res, headers);
  res.statusCode = statusCode;
  const ending = res[kEnding];
  const fields = headerFields(res);
  fields[':status'] = res.statusCode;
  const isLast = ending !== undefined || res[kFinalHead] === true || tellsItsEnd(fields);
  const options: ServerStreamResponseOptions & { sendDate: boolean } = {
    endStream: ending === 'without-body' && res[kTrailing] !== true,
    waitForTrailers: !isLast || res[kTrailing] === true,
    sendDate: res.sendDate,
  };
  stream.respond(fields, options);
  return res;
}

/**
 * A response that tells its length has no trailers, unless it tells those too (RFC 9110 section
 * 6.6.2), as over HTTP/1.1: Node need not wait until the app could have added some.
 */
function tellsItsEnd(fields: OutgoingHttpHeaders): boolean {
  return fields['content-length'] !== undefined && fields['trailer'] === undefined;
}

function writeUntapped(
  this: UntappedResponse,
  chunk: unknown,
  encoding?: unknown,
  callback?: unknown,
): boolean {
  // Not `this.writableEnded`: while stages hold bytes it says that the app has ended.
  // Node's class cuts the whole response off after a late write.
  if (hasNodeEnded.call(this)) return refuseLateWrite(writtenOf(encoding, callback));
  const written = writtenOf(encoding, callback);
  if (!isBodiless(this)) {
    if (typeof written !== 'function' && isBehindOthers(this, chunk)) {
      return !this.stream.writableNeedDrain;
    }
    return node.write.call(this, chunk, encoding, callback);
  }
  if (typeof written === 'function') process.nextTick(written);
  return true;
}

function endUntapped(
  this: UntappedResponse,
  chunk?: unknown,
  encoding?: unknown,
  callback?: unknown,
): unknown {
  const isDropped = isEmpty(chunk) || (typeof chunk !== 'function' && isBodiless(this));
  const last = isDropped ? undefined : chunk;
  const hasBody = last !== undefined && last !== null && typeof last !== 'function';
  if (!this.stream.headersSent) this[kEnding] = hasBody ? 'with-only-chunk' : 'without-body';
  if (!hasBody) return node.end.call(this, last, encoding, callback);
  // Node's `end` would call `this.write`, which others may have replaced and consider ended.
  if (!hasNodeEnded.call(this)) writeUntapped.call(this, last, encoding);
  return node.end.call(this, writtenOf(encoding, callback));
}

function writtenOf(encoding: unknown, callback: unknown): unknown {
  return typeof encoding === 'function' ? encoding : callback;
}

/** An empty chunk at the end adds nothing but a frame. */
function isEmpty(chunk: unknown): boolean {
  return chunk === '' || (chunk instanceof Uint8Array && chunk.byteLength === 0);
}

/**
 * Node must not get an empty chunk behind others that wait: it takes them for sent at once, and
 * sends what then lies in their memory (seen over TLS on Node 20 to 26).
 */
function isBehindOthers({ stream }: UntappedResponse, chunk: unknown): boolean {
  return isEmpty(chunk) && stream.writableLength > 0 && !stream.destroyed;
}

/** What an app writes to such a response goes nowhere, over HTTP/1.1 too; Node's stream has ended. */
function isBodiless({ stream, statusCode }: UntappedResponse): boolean {
  return isHead(stream) || statusCode === 204 || statusCode === 205 || statusCode === 304;
}
