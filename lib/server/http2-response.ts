import type { OutgoingHttpHeaders } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { ServerHttp2Stream, ServerStreamResponseOptions } from 'node:http2';
import { mergeHeaders } from '../util/merge-headers';
import type { HeadersArgument } from '../util/merge-headers';
import { kHttp2 } from './http2-brand';
import { installOutgoingHeadersView } from './outgoing-headers-view';

const kMessage = Symbol('headstart.statusMessage');
const kEnding = Symbol('headstart.ending');
const kTrailing = Symbol('headstart.trailing');

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

  constructor(stream: ServerHttp2Stream) {
    super(stream);
    this[kHttp2] = true;
  }

  /** `express-session` and `compression` call this private method of HTTP/1.1 responses. */
  _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  override setHeader(name: string, value: number | string | readonly string[]): this {
    super.setHeader(name, value);
    return this;
  }

  setHeaders(headers: Headers | Map<string, number | string | readonly string[]>): this {
    for (const [name, value] of headers) {
      if (name.toLowerCase() === 'set-cookie') this.appendHeader(name, String(value));
      else this.setHeader(name, value);
    }
    return this;
  }

  override addTrailers(trailers: OutgoingHttpHeaders): void {
    this[kTrailing] = true;
    super.addTrailers(trailers);
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
    const ending = this[kEnding];
    if (ending === undefined || this[kTrailing] === true || stream.headersSent) {
      return super.writeHead(statusCode, given as OutgoingHttpHeaders);
    }
    if (given !== undefined) mergeHeaders(this, given);
    this.statusCode = statusCode;
    const options: ServerStreamResponseOptions & { sendDate: boolean } = {
      endStream: ending === 'without-body',
      sendDate: this.sendDate,
    };
    stream.respond({ ...this.getHeaders(), ':status': this.statusCode }, options);
    return this;
  }

  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    const last = isEmpty(chunk) ? undefined : chunk;
    if (!this.stream.headersSent) {
      const hasBody = last !== undefined && last !== null && typeof last !== 'function';
      this[kEnding] = hasBody ? 'with-only-chunk' : 'without-body';
    }
    return super.end(last as string, encoding as BufferEncoding, callback as () => void);
  }

  /** Node's class says `finish` of responses that the client cut off as well; HTTP/1.1 does not. */
  override emit(event: string | symbol, ...parts: unknown[]): boolean {
    if (event === 'finish' && this.stream.aborted && !this.stream.writableFinished) return false;
    return super.emit(event as 'finish', ...(parts as []));
  }
}

Object.defineProperties(Http2Response.prototype, {
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
  setTrailer: {
    configurable: true,
    value(this: Http2Response, name: string, value: string) {
      this.addTrailers({ [name]: value });
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

/** Turns a response that Node made into an {@link Http2Response}, for servers that are not ours. */
export function adoptResponse(res: Http2ServerResponse): void {
  Object.setPrototypeOf(res, Http2Response.prototype);
  (res as Http2Response)[kHttp2] = true;
}

/** An empty chunk at the end adds nothing but a frame. */
function isEmpty(chunk: unknown): boolean {
  return chunk === '' || (chunk instanceof Uint8Array && chunk.byteLength === 0);
}
