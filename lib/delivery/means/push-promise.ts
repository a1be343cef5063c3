import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { constants } from 'node:http2';
import type {
  Http2Session,
  ServerHttp2Session,
  ServerHttp2Stream,
  ServerStreamResponseOptions,
} from 'node:http2';
import { reportFailure } from '../../util/diagnostics';
import type { LiveStream } from './http2-stream';
import { isShareable } from '../judgement/shareable-response';

/** END_STREAM and END_HEADERS (RFC 9113 section 6.2): a promised request has no body. */
const requestFlags = 0x5;

/** Request headers a promised response may depend on; the cookie is never among them. */
const copiedHeaders = ['accept-encoding', 'accept-language', 'user-agent'] as const;

const pushedStreams = new WeakSet<object>();

/** True for a request that nobody sent: it is the promised half of a push. */
export function isPushed(stream: object | undefined): boolean {
  return stream !== undefined && pushedStreams.has(stream);
}

/**
 * Sends PUSH_PROMISE (RFC 9113 section 8.4) with real bodies: each promised request goes through
 * the application like one the client sent, without its cookies. What comes back is sent only if
 * it is a 200 that anyone may have; otherwise the promise is cancelled.
 */
export class PushPromiser {
  readonly #maxConcurrentPushes: number;
  readonly #active = new WeakMap<Http2Session, number>();

  /** @param maxConcurrentPushes Promises of one session that may be open at a time. */
  constructor(maxConcurrentPushes: number) {
    this.#maxConcurrentPushes = maxConcurrentPushes;
  }

  /** True when the client of this stream takes one more push now. */
  isPossible(stream: LiveStream): boolean {
    if (!stream.pushAllowed || isPushed(stream)) return false;
    const { maxConcurrentStreams = Infinity } = stream.session.remoteSettings;
    const limit = Math.min(this.#maxConcurrentPushes, maxConcurrentStreams);
    return (this.#active.get(stream.session) ?? 0) < limit;
  }

  /**
   * Promises `path` and lets the application answer it.
   *
   * @returns `false` when this client takes no push now; nothing was sent then.
   */
  push(parent: LiveStream, request: IncomingHttpHeaders, path: string): boolean {
    if (!this.isPossible(parent)) return false;
    const { session } = parent;
    try {
      parent.pushStream(promisedRequest(request, path), (error, stream, headers) => {
        if (error !== null) {
          this.#count(session, -1);
          reportFailure('serverPush', error);
          return;
        }
        stream.once('close', () => this.#count(session, -1));
        dispatch(session, stream, headers);
      });
    } catch (error) {
      reportFailure('serverPush', error);
      return false;
    }
    this.#count(session, 1);
    return true;
  }

  #count(session: Http2Session, change: number): void {
    this.#active.set(session, (this.#active.get(session) ?? 0) + change);
  }
}

function promisedRequest(request: IncomingHttpHeaders, path: string): OutgoingHttpHeaders {
  const promised: OutgoingHttpHeaders = {
    ':method': 'GET',
    ':scheme': request[':scheme'],
    ':authority': request[':authority'] ?? request.host,
    ':path': path,
  };
  for (const name of copiedHeaders) {
    const value = request[name];
    if (value !== undefined) promised[name] = value;
  }
  return promised;
}

/**
 * The session's `stream` event is how Node itself hands a request to the server, so every
 * kind of server and listener answers a promised request exactly as a real one.
 */
function dispatch(
  session: ServerHttp2Session,
  stream: ServerHttp2Stream,
  headers: OutgoingHttpHeaders,
): void {
  pushedStreams.add(stream);
  // The client may refuse or cancel at any time (RST_STREAM); nobody waits for this response.
  stream.on('error', () => undefined);
  cancelUnlessShareable(stream);
  const incoming = { ...headers } as IncomingHttpHeaders;
  const raw = Object.entries(incoming).flatMap(([name, value]) => [name, String(value)]);
  try {
    session.emit('stream', stream, incoming, requestFlags, raw);
  } catch (error) {
    stream.close(constants.NGHTTP2_CANCEL);
    reportFailure('serverPush', error);
  }
}

/** Nothing has left yet when `respond` is called, so an unfit response shows the client nothing. */
function cancelUnlessShareable(stream: ServerHttp2Stream): void {
  const respond = stream.respond.bind(stream);
  stream.respond = (headers: OutgoingHttpHeaders = {}, options?: ServerStreamResponseOptions) => {
    const facts = {
      status: Number(headers[':status'] ?? 200),
      header: (name: string) => headers[name],
    };
    if (facts.status === 200 && isShareable({}, facts)) respond(headers, options);
    else stream.close(constants.NGHTTP2_CANCEL);
  };
}
