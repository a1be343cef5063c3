import { createReadStream } from 'node:fs';
import { constants } from 'node:http2';
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { kHttp2 } from './http2-brand';

/** `res.push` of http2-express-bridge. */
export type BridgedPush = (
  this: { readonly stream: object },
  paths: string | readonly string[],
  root: string,
) => unknown;

type Pushing = { readonly [kHttp2]?: true; readonly stream: ServerHttp2Stream };

type RespondWithFile = ServerHttp2Stream['respondWithFile'];

/**
 * Keeps `res.push` on the responses of a wrapped app; over HTTP/1.1 it does nothing. It calls
 * `respondWithFile`, which crashed Node 22 when the client left soon after, so pushed streams get
 * one that reads the file as a stream.
 */
export function keepPush(response: object, push: BridgedPush): void {
  Object.defineProperty(response, 'push', {
    configurable: true,
    writable: true,
    value: function pushOverHttp2(this: Pushing, ...parts: Parameters<BridgedPush>): unknown {
      return this[kHttp2] === true
        ? push.apply({ stream: pushingView(this.stream) }, parts)
        : undefined;
    },
  });
}

/** What `res.push` uses of a stream. */
function pushingView(stream: ServerHttp2Stream): object {
  return {
    pushAllowed: stream.pushAllowed,
    pushStream: (
      headers: OutgoingHttpHeaders,
      callback: (error: Error | null, pushed: ServerHttp2Stream) => void,
    ) => {
      stream.pushStream(headers, (error, pushed) => {
        if (error === null) pushed.respondWithFile = respondWithStream;
        callback(error, pushed);
      });
    },
  };
}

const respondWithStream: RespondWithFile = function respondWithStream(
  this: ServerHttp2Stream,
  path,
  headers,
  options,
) {
  const file = createReadStream(path);
  file.once('open', () => this.respond(headers));
  file.once('error', (error) => {
    options?.onError?.(error);
    this.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
  this.once('close', () => file.destroy());
  file.pipe(this);
};
