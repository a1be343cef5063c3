import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { inspect } from 'node:util';
import type { Next } from '../util/middleware';
import { kHttp2 } from './http2-brand';
import { adoptRequest, brandRequest } from './http2-request';
import { adoptResponse, brandResponse } from './http2-response';
import { installBridge } from './install-bridge';
import { learnRequestProperties } from './own-properties';

/** An Express or Connect app, or any function of a request and a response. */
export type App = (req: never, res: never) => unknown;

/** A request listener for `http`, `https` and `http2` servers alike, and a Connect middleware. */
export type DualListener = (
  req: IncomingMessage | Http2ServerRequest,
  res: ServerResponse | Http2ServerResponse,
  next?: Next,
) => void;

/** Of an app: from these it is learned what it sets on every request. */
const firstRequests = 8;

/**
 * The bare listener of an app, for servers that are not made by `createServer`: it answers HTTP/2
 * and HTTP/1.1 requests. An Express app that is called by a Connect app or by a listener of your own,
 * where we cannot see it, is wrapped on its own: `connectApp.use(overHttp2(expressApp))`.
 *
 * @example http2.createSecureServer({ key, cert }, overHttp2(app))
 * @throws TypeError when `app` is not a function.
 */
export function overHttp2(app: App): DualListener {
  if (typeof app !== 'function') {
    throw new TypeError(
      `overHttp2: app must be an Express or Connect app or a request listener, got ${inspect(app, { depth: 0 })}`,
    );
  }
  const isExpress = installBridge(app);
  // Express changes both prototypes. V8 makes objects slow whose prototype is changed twice: that
  // alone took 40 % of the time of a small response of Express 4.
  const admitRequest = isExpress ? brandRequest : adoptRequest;
  const admitResponse = isExpress ? brandResponse : adoptResponse;
  const handle = app as (req: object, res: object, next?: Next) => void;
  let lessons = isExpress ? firstRequests : 0;
  return function http2Listener(req, res, next) {
    if (req.httpVersionMajor >= 2 && !(kHttp2 in req)) {
      admitRequest(req as Http2ServerRequest);
      admitResponse(res as Http2ServerResponse);
    }
    handle(req, res, next);
    if (lessons > 0) {
      lessons--;
      learnRequestProperties(req);
    }
  };
}
