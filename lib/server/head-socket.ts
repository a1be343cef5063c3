import type { Http2ServerResponse, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/**
 * The socket of a response to HEAD. Node ends the stream of a HEAD request before the app sees it,
 * so the stream's own socket is never writable; `on-finished` then takes the response for finished
 * before it has begun (`morgan` logs no status, `res.sendFile` reports an abort).
 */
export function headSocket(res: Http2ServerResponse, socket: Socket): Socket {
  return new Proxy(socket, {
    get: (target, key): unknown =>
      key === 'writable' ? isUnderWay(res) : Reflect.get(target, key),
  });
}

/** Whether the request of `stream` was a HEAD, whatever `req.method` says by now. */
export function isHead(stream: ServerHttp2Stream): boolean {
  return (stream as { readonly headRequest?: boolean }).headRequest === true;
}

/** The stream closes in peace (reset code 0) when the headers have left, before the app ends. */
function isUnderWay(res: Http2ServerResponse): boolean {
  return !res.writableEnded && (res.stream.rstCode ?? 0) === 0;
}
