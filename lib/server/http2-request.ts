import { Http2ServerRequest } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { ReadableOptions } from 'node:stream';
import { cutOffOnDestroy } from './cut-off';
import { kHttp2 } from './http2-brand';

const pseudoHeaders = [':method', ':scheme', ':authority', ':path', ':protocol'] as const;

/**
 * Node's HTTP/2 request with the headers HTTP/1.1 middleware expects:
 * `host` is there, pseudo-headers are not listed, and a body of unknown length is announced.
 */
export class Http2Request extends Http2ServerRequest {
  declare [kHttp2]: true;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: ReadableOptions,
    rawHeaders: readonly string[],
  ) {
    super(stream, headers, options, rawHeaders);
    brand(this);
  }

  /** As over HTTP/1.1: who destroys a request that has not been read ends the exchange. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded) this.stream.destroy(error ?? undefined);
    callback(error);
  }
}

/** Turns a request that Node made into an {@link Http2Request}, for servers that are not ours. */
export function adoptRequest(req: Http2ServerRequest): void {
  Object.setPrototypeOf(req, Http2Request.prototype);
  brand(req as Http2Request);
}

function brand(req: Http2Request): void {
  req[kHttp2] = true;
  const { headers, stream } = req;
  cutOffOnDestroy(stream);
  headers.host ??= headers[':authority'];
  hidePseudoHeaders(headers);
  if (headers['content-length'] === undefined && !stream.endAfterHeaders) announceBody(headers);
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
