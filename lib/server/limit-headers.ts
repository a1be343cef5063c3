import { headerBytes } from './header-bytes';
import type { DualListener } from './over-http2';

/**
 * Answers HTTP/2 requests whose headers are larger than `maxBytes` with 431. Node announces its
 * limit to HTTP/2 clients, but accepts 64 kB of headers all the same; HTTP/1.1 it limits itself.
 */
export function limitHeaders(maxBytes: number, listener: DualListener): DualListener {
  return function limitedListener(req, res) {
    if (req.httpVersionMajor >= 2 && headerBytes(req.rawHeaders) > maxBytes) {
      res.writeHead(431).end();
      return;
    }
    listener(req, res);
  };
}
