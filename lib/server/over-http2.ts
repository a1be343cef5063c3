import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { inspect } from 'node:util';
import { kHttp2 } from './http2-brand';
import { adoptRequest } from './http2-request';
import { adoptResponse } from './http2-response';
import { installBridge } from './install-bridge';

/** An Express or Connect app, or any function of a request and a response. */
export type App = (req: never, res: never) => unknown;

/** A request listener for `http`, `https` and `http2` servers alike. */
export type DualListener = (
  req: IncomingMessage | Http2ServerRequest,
  res: ServerResponse | Http2ServerResponse,
) => void;

/**
 * The bare listener of an app, for servers that are not made by `createServer`: it answers HTTP/2
 * and HTTP/1.1 requests.
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
  installBridge(app);
  const handle = app as (req: object, res: object) => void;
  return function http2Listener(req, res) {
    if (req.httpVersionMajor >= 2 && !(kHttp2 in req)) {
      adoptRequest(req as Http2ServerRequest);
      adoptResponse(res as Http2ServerResponse);
    }
    handle(req, res);
  };
}
