import type { DualListener } from './over-http2';

/** What a field costs beside its name and value (RFC 9113 section 10.5.1). */
const fieldOverheadBytes = 32;

/**
 * Answers HTTP/2 requests whose headers are larger than `maxBytes` with 431. Node announces its
 * limit to HTTP/2 clients, but accepts 64 kB of headers all the same; HTTP/1.1 it limits itself.
 */
export function limitHeaders(maxBytes: number, listener: DualListener): DualListener {
  return function limitedListener(req, res) {
    if (req.httpVersionMajor >= 2 && isLonger(req.rawHeaders, maxBytes)) {
      res.writeHead(431).end();
      return;
    }
    listener(req, res);
  };
}

/** @param fields Names and values in turn. */
function isLonger(fields: readonly string[], maxBytes: number): boolean {
  let bytes = (fields.length / 2) * fieldOverheadBytes;
  for (const field of fields) bytes += field.length;
  return bytes > maxBytes;
}
