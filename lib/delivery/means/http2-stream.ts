import type { ServerResponse } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

/** A stream that is open and belongs to a session. */
export type LiveStream = ServerHttp2Stream & { readonly session: ServerHttp2Session };

/** The HTTP/2 stream of a response that can still be used; `undefined` over HTTP/1.1. */
export function http2StreamOf(res: ServerResponse): LiveStream | undefined {
  const { stream } = res as { readonly stream?: ServerHttp2Stream };
  if (stream === undefined || typeof stream.additionalHeaders !== 'function') return undefined;
  return isLive(stream) ? stream : undefined;
}

function isLive(stream: ServerHttp2Stream): stream is LiveStream {
  return !stream.destroyed && !stream.closed && stream.session !== undefined;
}
