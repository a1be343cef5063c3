import type { ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';

/**
 * Makes destroying the stream of an unfinished response look like a failure to the client, as a
 * broken connection does over HTTP/1.1. Left to itself Node resets the stream with `NO_ERROR`,
 * and clients take what they have for the whole response. `finalhandler` destroys `req.socket`
 * when a handler fails after the headers have left; that, too, destroys the stream.
 */
export function cutOffOnDestroy(stream: ServerHttp2Stream): void {
  stream.destroy = destroyAsFailure;
}

function destroyAsFailure(this: ServerHttp2Stream, error?: Error): ServerHttp2Stream {
  Duplex.prototype.destroy.call(this, error ?? (isCutOff(this) ? cutOffError() : undefined));
  return this;
}

/** Node, too, destroys streams: those that are closed, and all when their session ends. */
function isCutOff(stream: ServerHttp2Stream): boolean {
  return !stream.closed && !stream.writableFinished && stream.session?.destroyed === false;
}

/** With an error the reset carries `INTERNAL_ERROR`; the error itself is heard by nobody. */
function cutOffError(): Error {
  return new Error('The response was destroyed before its end');
}
