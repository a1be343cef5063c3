import { IncomingMessage, ServerResponse } from 'node:http';
import { keepPush } from './bridged-push';
import type { BridgedPush } from './bridged-push';
import { dualPrototype } from './dual-prototype';
import { kPlainSetHeader } from './header-table';
import { Http2Request } from './http2-request';
import { Http2Response } from './http2-response';

/** What an Express app shows of the prototypes it gives to requests and responses. */
export interface ExpressApp {
  request: object;
  response: object;
  /** Only on apps wrapped by http2-express-bridge. */
  readonly http2Response?: { readonly push?: BridgedPush };
}

const dualRequest = dualPrototype(IncomingMessage.prototype, Http2Request.prototype);
const dualResponse = dualPrototype(ServerResponse.prototype, Http2Response.prototype);
Object.defineProperty(dualResponse, kPlainSetHeader, {
  value: Reflect.get(dualResponse, 'setHeader'),
});

/**
 * Teaches the copy of Express that made `app` to answer over HTTP/2, once; HTTP/1.1 requests of
 * the same app behave as before. Apps mounted in `app`, from whichever copy of Express, inherit it.
 * Does nothing when `app` is no Express app.
 *
 * @returns Whether it is one: then it gives requests and responses their prototypes itself.
 */
export function installBridge(app: unknown): boolean {
  if (!isExpressApp(app)) return false;
  reparent(app.request, IncomingMessage.prototype, dualRequest);
  reparent(app.response, ServerResponse.prototype, dualResponse);
  const push = app.http2Response?.push;
  if (push !== undefined) keepPush(app.response, push);
  return true;
}

export function isExpressApp(app: unknown): app is ExpressApp {
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
