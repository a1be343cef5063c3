import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { ServerHttp2Stream, ServerStreamResponseOptions } from 'node:http2';
import type { Socket } from 'node:net';
import { kFinalHead } from '../util/final-head';
import { mergeHeaders } from '../util/merge-headers';
import type { HeadersArgument } from '../util/merge-headers';
import { isConnectionSpecific } from './connection-specific';
import { headSocket, isHead } from './head-socket';
import { installHolding } from './held-response';
import { kHttp2 } from './http2-brand';
import { installOutgoingHeadersView } from './outgoing-headers-view';

const kMessage = Symbol('headstart.statusMessage');
const kEnding = Symbol('headstart.ending');
const kTrailing = Symbol('headstart.trailing');
const kClosed = Symbol('headstart.closed');

/**
 * Node's HTTP/2 response, with what HTTP/1.1 middleware expects of a `ServerResponse`.
 *
 * Node's own class answers with `waitForTrailers`, so that the end of every response is one more
 * empty DATA frame, sent after a turn of the event loop. Here END_STREAM rides on the last bytes
 * of a response that is ended in one go and has no trailers.
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

  constructor(stream: ServerHttp2Stream) {
    super(stream);
    brandResponse(this);
  }

  /** `express-session` and `compression` call this private method of HTTP/1.1 responses. */
  _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  override setHeader(name: string, value: number | string | readonly string[]): this {
    refuseInvalid(name, value);
    if (!isConnectionSpecific(name)) super.setHeader(name, value);
    return this;
  }

  override appendHeader(name: string, value: string | string[]): this {
    refuseInvalid(name, value);
    if (!isConnectionSpecific(name)) super.appendHeader(name, value);
    return this;
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
    nodeSetTrailer.call(this, name, value);
  }

  override writeHead(statusCode: number, headers?: HeadersArgument): this;
  override writeHead(statusCode: number, message: string, headers?: HeadersArgument): this;
  override writeHead(
    statusCode: number,
    message?: string | HeadersArgument,
    headers?: HeadersArgument,
  ): this {
    const { stream } = this;
    if (stream.destroyed || stream.closed) return this;
    const given = typeof message === 'object' ? message : headers;
    // Node says what is wrong with a second head.
    if (stream.headersSent) return super.writeHead(statusCode);
    if (given !== undefined) mergeHeaders(this, given);
    this.statusCode = statusCode;
    const ending = this[kEnding];
    const isLast = ending !== undefined || this[kFinalHead] === true;
    const fields: OutgoingHttpHeaders = this.getHeaders();
    fields[':status'] = this.statusCode;
    const options: ServerStreamResponseOptions & { sendDate: boolean } = {
      endStream: ending === 'without-body' && this[kTrailing] !== true,
      waitForTrailers: !isLast || this[kTrailing] === true,
      sendDate: this.sendDate,
    };
    stream.respond(fields, options);
    return this;
  }

  override write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    // Not `this.writableEnded`: while stages hold bytes it says that the app has ended.
    if (Reflect.get(Http2ServerResponse.prototype, 'writableEnded', this)) {
      return refuseAfterEnd(encoding, callback);
    }
    if (!isBodiless(this)) {
      return super.write(chunk as string, encoding as BufferEncoding, callback as () => void);
    }
    const written = typeof encoding === 'function' ? encoding : callback;
    if (typeof written === 'function') process.nextTick(written);
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    const isDropped = isEmpty(chunk) || (typeof chunk !== 'function' && isBodiless(this));
    const last = isDropped ? undefined : chunk;
    if (!this.stream.headersSent) {
      const hasBody = last !== undefined && last !== null && typeof last !== 'function';
      this[kEnding] = hasBody ? 'with-only-chunk' : 'without-body';
    }
    if (last === undefined || last === null || typeof last === 'function') {
      return super.end(last as never, encoding as BufferEncoding, callback as () => void);
    }
    // Node's `end` would call `this.write`, which others may have replaced and consider ended.
    const isDone: boolean = Reflect.get(Http2ServerResponse.prototype, 'writableEnded', this);
    if (!isDone) Http2Response.prototype.write.call(this, last as string, encoding);
    return super.end((typeof encoding === 'function' ? encoding : callback) as () => void);
  }

  /** Node's class says `finish` of responses that the client cut off as well; HTTP/1.1 does not. */
  override emit(event: string | symbol, ...parts: unknown[]): boolean {
    if (event === 'finish' && (this[kClosed] === true || isCutOff(this.stream))) return false;
    if (event === 'close') {
      if (this[kClosed] === true) return false;
      this[kClosed] = true;
    }
    return super.emit(event as 'finish', ...(parts as []));
  }
}

const { setTrailer: nodeSetTrailer } = Http2ServerResponse.prototype as unknown as {
  setTrailer(name: string, value: string): void;
};
const nodeSocket = Reflect.getOwnPropertyDescriptor(Http2ServerResponse.prototype, 'socket');

Object.defineProperties(Http2Response.prototype, {
  /** Stays while the response has not ended, as over HTTP/1.1: `on-finished` asks it then. */
  socket: {
    configurable: true,
    get(this: Http2Response): Socket | undefined {
      const socket: Socket | undefined = nodeSocket?.get?.call(this);
      if (this.writableEnded) return socket;
      if (socket === undefined) return this.req.socket;
      return isHead(this.stream) ? headSocket(this, socket) : socket;
    },
  },
  /** HTTP/2 has no reason phrase (RFC 9113 section 8.3.1): what is set can be read, and goes nowhere. */
  statusMessage: {
    configurable: true,
    get(this: Http2Response) {
      return this[kMessage];
    },
    set(this: Http2Response, message: string) {
      this[kMessage] = message;
    },
  },
  destroyed: {
    configurable: true,
    get(this: Http2Response) {
      return this.stream.destroyed;
    },
  },
  writableNeedDrain: {
    configurable: true,
    get(this: Http2Response) {
      return this.stream.writableNeedDrain;
    },
  },
});

installOutgoingHeadersView(Http2Response.prototype);
installHolding(Http2Response.prototype);

/** Turns a response that Node made into an {@link Http2Response}, for servers that are not ours. */
export function adoptResponse(res: Http2ServerResponse): void {
  Object.setPrototypeOf(res, Http2Response.prototype);
  brandResponse(res);
}

/** Prepares a response that gets its prototype from Express. */
export function brandResponse(res: Http2ServerResponse): void {
  (res as Http2Response)[kHttp2] = true;
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

/** Node's class cuts the whole response off; here only the late writer hears of its mistake. */
function refuseAfterEnd(encoding: unknown, callback: unknown): boolean {
  const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
  const written = typeof encoding === 'function' ? encoding : callback;
  if (typeof written === 'function') process.nextTick(written, error);
  return false;
}

/** An empty chunk at the end adds nothing but a frame. */
function isEmpty(chunk: unknown): boolean {
  return chunk === '' || (chunk instanceof Uint8Array && chunk.byteLength === 0);
}

/** What an app writes to such a response goes nowhere, over HTTP/1.1 too; Node's stream has ended. */
function isBodiless({ stream, statusCode }: Http2Response): boolean {
  return isHead(stream) || statusCode === 204 || statusCode === 205 || statusCode === 304;
}

function isCutOff(stream: ServerHttp2Stream): boolean {
  return stream.aborted || !stream.writableFinished;
}
