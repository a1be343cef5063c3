import { Http2ServerRequest } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { ReadableOptions } from 'node:stream';
import { cutOffOnDestroy } from './cut-off';
import { hideAlpn } from './hide-alpn';
import { kDelivery } from '../util/own-delivery';
import { kHttp2 } from './http2-brand';
import { declareRequestProperties } from './own-properties';

const kClosed = Symbol('headstart.closed');

const pseudoHeaders = [':method', ':scheme', ':authority', ':path', ':protocol'] as const;

/**
 * Node's HTTP/2 request with the headers HTTP/1.1 middleware expects:
 * `host` is there, pseudo-headers are not listed, and a body of unknown length is announced.
 */
export class Http2Request extends Http2ServerRequest {
  declare [kHttp2]: true;
  /** Set once `close` was emitted. */
  declare [kClosed]: true | undefined;
  declare [kDelivery]: unknown;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: ReadableOptions,
    rawHeaders: readonly string[],
  ) {
    super(stream, headers, options, rawHeaders);
    brandRequest(this);
  }

  /** As over HTTP/1.1: who destroys a request that has not been read ends the exchange. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // A closed stream goes by itself, once its reset has been sent.
    const { stream } = this;
    if (!this.readableEnded && !stream.closed) stream.destroy(error ?? undefined);
    callback(error);
  }

  /**
   * Node's class ends the body of a request that the client cut off, as if it were whole; here it
   * fails. As over HTTP/1.1, who does not listen for errors gets none.
   */
  override emit(event: string | symbol, ...parts: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    if (event === 'close') {
      if (this[kClosed] === true) return false;
      this[kClosed] = true;
    }
    if (event === 'aborted' && !this.readableEnded) this.destroy(abortedError());
    return super.emit(event, ...parts);
  }
}

const nodeComplete = Reflect.getOwnPropertyDescriptor(Http2ServerRequest.prototype, 'complete');

/** Node's class calls aborted requests complete. */
Object.defineProperty(Http2Request.prototype, 'complete', {
  configurable: true,
  get(this: Http2Request): boolean {
    return this.readableEnded || (!this.aborted && nodeComplete?.get?.call(this) === true);
  },
});

/** What HTTP/1.1 requests fail with when the client leaves. */
function abortedError(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

/** Turns a request that Node made into an {@link Http2Request}, for servers that are not ours. */
export function adoptRequest(req: Http2ServerRequest): void {
  brandRequest(req);
  Object.setPrototypeOf(req, Http2Request.prototype);
}

/** Prepares a request that gets its prototype from Express. */
export function brandRequest(req: Http2ServerRequest): void {
  const branded = req as Http2Request;
  branded[kHttp2] = true;
  branded[kClosed] = undefined;
  branded[kDelivery] = undefined;
  declareRequestProperties(req);
  const { headers, stream } = req;
  cutOffOnDestroy(stream);
  hideAlpn(stream.session);
  headers.host ??= headers[':authority'];
  hidePseudoHeaders(headers);
  if (headers['content-length'] === undefined && mayHaveBody(stream)) announceBody(headers);
}

/** Whoever lists or copies the headers (a proxy, say) must not meet `:path`; asking by name works. */
function hidePseudoHeaders(headers: IncomingHttpHeaders): void {
  for (const name of pseudoHeaders) {
    const value = headers[name];
    if (value === undefined) continue;
    Object.defineProperty(headers, name, { value, writable: true, enumerable: false });
  }
}

/**
 * Body parsers decide by `content-length` or `transfer-encoding` whether there is a body
 * (`type-is`, RFC 9112 section 6). HTTP/2 needs neither, so a body without a length says so here;
 * not enumerable, because it is no header of this request.
 */
function announceBody(headers: IncomingHttpHeaders): void {
  Object.defineProperty(headers, 'transfer-encoding', {
    value: 'chunked',
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** A stream that the server opened, with an even number, has a promised request: it has no body. */
function mayHaveBody({ endAfterHeaders, id }: ServerHttp2Stream): boolean {
  return !endAfterHeaders && (id ?? 1) % 2 === 1;
}
