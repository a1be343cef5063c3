import { IncomingMessage, ServerResponse } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { dualPrototype } from './dual-prototype';
import { Http2Request } from './http2-request';
import { Http2Response } from './http2-response';

/** What an Express app shows of the prototypes it gives to requests and responses. */
interface ExpressApp {
  readonly request: object;
  readonly response: object;
  /** Only on apps wrapped by http2-express-bridge. */
  readonly http2Request?: object;
  readonly http2Response?: object;
}

const dualRequest = dualPrototype(IncomingMessage.prototype, Http2Request.prototype);
const dualResponse = dualPrototype(ServerResponse.prototype, Http2Response.prototype);

/**
 * Teaches the copy of Express that made `app` to answer over HTTP/2, once; HTTP/1.1 requests of
 * the same app behave as before. Apps mounted in `app`, from whichever copy of Express, inherit it.
 * Does nothing when `app` is no Express app.
 */
export function installBridge(app: unknown): void {
  if (!isExpressApp(app)) return;
  reparent(app.request, IncomingMessage.prototype, dualRequest);
  reparent(app.response, ServerResponse.prototype, dualResponse);
  if (app.http2Request !== undefined && app.http2Response !== undefined) {
    reparent(app.http2Request, Http2ServerRequest.prototype, Http2Request.prototype);
    reparent(app.http2Response, Http2ServerResponse.prototype, Http2Response.prototype);
  }
}

function isExpressApp(app: unknown): app is ExpressApp {
  if (typeof app !== 'function') return false;
  const { request, response } = app as Partial<ExpressApp>;
  return typeof request === 'object' && typeof response === 'object';
}

/** Gives the object of `start`'s chain that inherits from `from` the parent `to` instead. */
function reparent(start: object, from: object, to: object): void {
  for (let link: object | null = start; link !== null; link = Object.getPrototypeOf(link)) {
    if (link === to || link === from) return;
    if (Object.getPrototypeOf(link) === from) {
      Object.setPrototypeOf(link, to);
      return;
    }
  }
}
