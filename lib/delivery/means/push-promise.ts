import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { constants } from 'node:http2';
import type {
  Http2Session,
  ServerHttp2Session,
  ServerHttp2Stream,
  ServerStreamResponseOptions,
} from 'node:http2';
import type { PushResource } from '../../prediction/push-rule';
import type { ResourceKind } from '../../prediction/resource-kind';
import { reportFailure } from '../../util/diagnostics';
import type { ResourceFacts } from '../evidence/resource-facts';
import type { Visit } from '../evidence/visit-observer';
import { isShareable } from '../judgement/shareable-response';
import { http2StreamOf, type LiveStream } from './http2-stream';

/** END_STREAM and END_HEADERS (RFC 9113 section 6.2): a promised request has no body. */
const requestFlags = 0x5;

/** Request headers a promised response may depend on; the cookie is never among them. */
const copiedHeaders = ['accept-encoding', 'accept-language', 'user-agent'] as const;

/** As Chromium asks for each kind (RFC 9218), so that promises leave in the order of their use. */
const priorities: Readonly<Record<ResourceKind, string>> = {
  style: 'u=0',
  script: 'u=1',
  font: 'u=1',
  image: 'u=3, i',
  fetch: 'u=3',
};

const pushedStreams = new WeakSet<object>();

/** True for a request that nobody sent: it is the promised half of a push. */
export function isPushed(stream: object | undefined): boolean {
  return stream !== undefined && pushedStreams.has(stream);
}

export interface PushPromiserInit {
  /** Promises of one session that may be open at a time. */
  readonly maxConcurrentPushes: number;
  /** Bytes pushed with one page. */
  readonly maxPushBytes: number;
  readonly facts: ResourceFacts;
  /** A promise ended. @param isTaken Whether the client let it finish. */
  readonly onPushed: (visit: Visit, bytes: number, isTaken: boolean) => void;
}

/** The promises of one page. */
export interface PagePushes {
  /** True when the client takes one more push now. */
  readonly isPossible: boolean;
  /**
   * Promises a resource and lets the application answer it.
   *
   * @returns `false` when this client takes no push now; nothing was sent then.
   */
  push(resource: PushResource): boolean;
}

/**
 * Sends PUSH_PROMISE (RFC 9113 section 8.4) with real bodies: each promised request goes through
 * the application like one the client sent, without its cookies. What comes back is sent only if
 * it is a 200 that anyone may have and that is not too large; otherwise the promise is cancelled.
 */
export class PushPromiser {
  readonly #init: PushPromiserInit;
  readonly #active = new WeakMap<Http2Session, number>();

  constructor(init: PushPromiserInit) {
    this.#init = init;
  }

  /** `undefined` for requests to which nothing can be pushed. */
  forPage(visit: Visit): PagePushes | undefined {
    const stream = http2StreamOf(visit.res);
    if (stream === undefined) return undefined;
    const budget = { bytesLeft: this.#init.maxPushBytes };
    const isPossible = (): boolean => budget.bytesLeft > 0 && this.#isPossible(stream);
    return {
      get isPossible() {
        return isPossible();
      },
      push: (resource) => this.#push(visit, stream, resource, budget),
    };
  }

  #isPossible(stream: LiveStream): boolean {
    if (!stream.pushAllowed || isPushed(stream)) return false;
    const { maxConcurrentStreams = Infinity } = stream.session.remoteSettings;
    const limit = Math.min(this.#init.maxConcurrentPushes, maxConcurrentStreams);
    return (this.#active.get(stream.session) ?? 0) < limit;
  }

  #push(visit: Visit, parent: LiveStream, resource: PushResource, budget: Budget): boolean {
    const known = this.#init.facts.bytesOf(resource.url) ?? 0;
    if (!this.#isPossible(parent) || known > budget.bytesLeft) return false;
    const { session } = parent;
    const request = promisedRequest(visit.req.headers, resource);
    try {
      parent.pushStream(request, (error, stream, headers) => {
        if (error !== null) {
          this.#count(session, -1);
          reportFailure('serverPush', error);
          return;
        }
        const pushed = new PushedBody(stream, known, budget);
        stream.once('close', () => {
          this.#count(session, -1);
          this.#init.onPushed(visit, pushed.bytes, stream.rstCode === constants.NGHTTP2_NO_ERROR);
        });
        dispatch(session, stream, headers);
      });
    } catch (error) {
      reportFailure('serverPush', error);
      return false;
    }
    budget.bytesLeft -= known;
    this.#count(session, 1);
    return true;
  }

  #count(session: Http2Session, change: number): void {
    this.#active.set(session, (this.#active.get(session) ?? 0) + change);
  }
}

interface Budget {
  bytesLeft: number;
}

function promisedRequest(
  request: IncomingHttpHeaders,
  { url, as = 'image' }: PushResource,
): OutgoingHttpHeaders {
  const promised: OutgoingHttpHeaders = {
    ':method': 'GET',
    ':scheme': request[':scheme'],
    ':authority': request[':authority'] ?? request.host,
    ':path': url,
    priority: priorities[as],
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
  const incoming = { ...headers } as IncomingHttpHeaders;
  const raw = Object.entries(incoming).flatMap(([name, value]) => [name, String(value)]);
  try {
    session.emit('stream', stream, incoming, requestFlags, raw);
  } catch (error) {
    stream.close(constants.NGHTTP2_CANCEL);
    reportFailure('serverPush', error);
  }
}

/**
 * Lets an answer through only if anyone may have it and it is within what the page may push.
 * Nothing has left yet when `respond` is called, so an unfit one shows the client nothing.
 */
class PushedBody {
  /** As declared, or as known from before. */
  bytes: number;

  /** @param reserved What the budget was charged already. */
  constructor(stream: ServerHttp2Stream, reserved: number, budget: Budget) {
    this.bytes = reserved;
    const respond = stream.respond.bind(stream);
    stream.respond = (headers: OutgoingHttpHeaders = {}, options?: ServerStreamResponseOptions) => {
      const facts = {
        status: Number(headers[':status'] ?? 200),
        header: (name: string) => headers[name],
      };
      const bytes = Number(headers['content-length'] ?? reserved);
      const isSmall = bytes - reserved <= budget.bytesLeft;
      if (facts.status !== 200 || !isShareable({}, facts) || !isSmall) {
        stream.close(constants.NGHTTP2_CANCEL);
        return;
      }
      this.bytes = bytes;
      budget.bytesLeft -= bytes - reserved;
      respond(headers, options);
    };
  }
}
