import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { kFinalHead } from '../util/final-head';
import type { HeadersArgument } from '../util/merge-headers';
import { kPriority } from '../util/own-priority';
import { kSetPrepared } from '../util/prepared-headers';
import type { PreparedHeaders } from '../util/prepared-headers';
import { kHead, kSendHead, kTap, kUntapped, tappedEnd, tappedWrite } from '../util/tapping';
import type { HeldHead, Tapping, UntappedMethods } from '../util/tapping';
import { isConnectionSpecific } from './connection-specific';
import { isHead } from './head-socket';
import { headerTable, kPlainSetHeader } from './header-table';
import { kHttp2 } from './http2-brand';
import { installViews } from './http2-response-views';
import { installOutgoingHeadersView } from './outgoing-headers-view';
import { declareResponseProperties } from './own-properties';
import { kEnding, kTrailing, untappedMethods } from './untapped-methods';

const kMessage = Symbol('headstart.statusMessage');
const kClosed = Symbol('headstart.closed');

/**
 * Node's HTTP/2 response, with what HTTP/1.1 middleware expects of a `ServerResponse`.
 *
 * Node's own class answers with `waitForTrailers`, so that the end of every response is one more
 * empty DATA frame, sent after a turn of the event loop. Here END_STREAM rides on the last bytes
 * of a response that is ended in one go and has no trailers.
 *
 * Whoever taps the response is asked by the methods themselves: a response without a tap, or with
 * one that has nothing to do, costs one look at a property.
 */
export class Http2Response extends Http2ServerResponse {
  declare [kHttp2]: true;
  declare [kMessage]: string | undefined;
  /** Set while `end()` runs before the headers have left. */
  declare [kEnding]: 'without-body' | 'with-only-chunk' | undefined;
  declare [kTrailing]: true | undefined;
  declare [kFinalHead]: true | undefined;
  /** Set once `close` was emitted. */
  declare [kClosed]: true | undefined;
  declare [kHead]: 'wanted' | HeldHead | undefined;
  declare [kTap]: Tapping | undefined;
  declare [kPriority]: unknown;
  declare readonly [kUntapped]: UntappedMethods;
  declare readonly [kPlainSetHeader]: unknown;

  constructor(stream: ServerHttp2Stream) {
    super(stream);
    brandResponse(this);
  }

  /** `express-session` and `compression` call this private method of HTTP/1.1 responses. */
  _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this[kSendHead]();
    refuseInvalid(name, value);
    if (!isConnectionSpecific(name)) super.setHeader(name, value);
    return this;
  }

  override appendHeader(name: string, value: string | string[]): this {
    this[kSendHead]();
    refuseInvalid(name, value);
    if (!isConnectionSpecific(name)) super.appendHeader(name, value);
    return this;
  }

  override removeHeader(name: string): void {
    this[kSendHead]();
    super.removeHeader(name);
  }

  flushHeaders(): void {
    this[kSendHead]();
    undocumented.flushHeaders.call(this);
  }

  setHeaders(headers: Headers | Map<string, number | string | readonly string[]>): this {
    for (const [name, value] of headers) {
      if (name.toLowerCase() === 'set-cookie') this.appendHeader(name, String(value));
      else this.setHeader(name, value);
    }
    return this;
  }

  /** Node's `addTrailers` comes by here as well. */
  setTrailer(name: string, value: string): void {
    this[kTrailing] = true;
    undocumented.setTrailer.call(this, name, value);
  }

  override writeHead(statusCode: number, headers?: HeadersArgument): this;
  override writeHead(statusCode: number, message: string, headers?: HeadersArgument): this;
  override writeHead(
    statusCode: number,
    message?: string | HeadersArgument,
    headers?: HeadersArgument,
  ): this {
    const tap = this[kTap];
    if (tap?.seesHead === true) tap.writeHead(statusCode, [message, headers]);
    else untappedMethods.writeHead.call(this, statusCode, message, headers);
    return this;
  }

  override write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    const tap = this[kTap];
    return tap?.seesBody === true
      ? tappedWrite(tap, chunk, encoding, callback)
      : untappedMethods.write.call(this, chunk, encoding, callback);
  }

  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    const tap = this[kTap];
    if (tap?.seesBody === true) tappedEnd(tap, chunk, encoding, callback);
    else untappedMethods.end.call(this, chunk, encoding, callback);
    return this;
  }

  /** Known from `compression`: passes on what was written and is held back. */
  flush(): void {
    this[kTap]?.flush();
  }

  /** Not past a `setHeader` that somebody put in the place of ours. */
  [kSetPrepared](headers: PreparedHeaders): boolean {
    this[kSendHead]();
    if (this.headersSent || this.setHeader !== this[kPlainSetHeader]) return false;
    const table = headerTable(this);
    if (table === undefined) return false;
    for (const name in headers) table[name] = headers[name];
    return true;
  }

  /** Sends the head, if it is held back. */
  [kSendHead](): void {
    const head = this[kHead];
    if (typeof head !== 'object') return;
    this[kHead] = undefined;
    this.writeHead(head.statusCode);
  }

  /** Node's class says `finish` of responses that the client cut off as well; HTTP/1.1 does not. */
  override emit(event: string | symbol, ...parts: unknown[]): boolean {
    if (event === 'finish' && (this[kClosed] === true || isCutOff(this.stream))) return false;
    if (event === 'close') {
      this[kTap]?.abandon();
      if (this[kClosed] === true) return false;
      this[kClosed] = true;
    }
    if (event === 'drain' && this[kTap]?.nodeDrained() === false) return false;
    if (event === 'pipe') this[kTap]?.piped(parts[0]);
    return super.emit(event as 'finish', ...(parts as []));
  }
}

/** Methods of Node's class that its types do not know. */
const undocumented = Http2ServerResponse.prototype as unknown as {
  flushHeaders(): void;
  setTrailer(name: string, value: string): void;
};

installViews(Http2Response.prototype);
installOutgoingHeadersView(Http2Response.prototype);
/** HTTP/2 has no reason phrase (RFC 9113 section 8.3.1): what is set can be read, and goes nowhere. */
Object.defineProperty(Http2Response.prototype, 'statusMessage', {
  configurable: true,
  get(this: Http2Response) {
    return this[kMessage];
  },
  set(this: Http2Response, message: string) {
    this[kMessage] = message;
  },
});
Object.defineProperty(Http2Response.prototype, kUntapped, { value: untappedMethods });
Object.defineProperty(Http2Response.prototype, kPlainSetHeader, {
  value: Http2Response.prototype.setHeader,
});

/** Turns a response that Node made into an {@link Http2Response}, for servers that are not ours. */
export function adoptResponse(res: Http2ServerResponse): void {
  brandResponse(res);
  Object.setPrototypeOf(res, Http2Response.prototype);
}

/** Prepares a response that gets its prototype from Express. */
export function brandResponse(res: Http2ServerResponse): void {
  const branded = res as Http2Response;
  branded[kHttp2] = true;
  branded[kMessage] = undefined;
  branded[kEnding] = undefined;
  branded[kTrailing] = undefined;
  branded[kFinalHead] = undefined;
  branded[kClosed] = undefined;
  branded[kHead] = undefined;
  branded[kTap] = undefined;
  branded[kPriority] = undefined;
  declareResponseProperties(branded);
  if (!isHead(res.stream)) return;
  // Node tells a response to HEAD of its stream's end only when the app has ended it.
  res.stream.once('close', () => {
    if (!res.writableEnded && res.stream.rstCode !== 0) res.emit('close');
  });
}

/** Over HTTP/2 Node silently drops fields with characters that HTTP forbids, or maims them. */
function refuseInvalid(name: string, value: number | string | readonly string[]): void {
  validateHeaderName(name);
  validateHeaderValue(name, value as string);
}

function isCutOff(stream: ServerHttp2Stream): boolean {
  return stream.aborted || !stream.writableFinished;
}
