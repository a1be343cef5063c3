import { Http2Request } from './http2-request';
import { Http2Response } from './http2-response';
import { isExpressApp, type ExpressApp } from './install-bridge';

/** What Node makes the requests and responses of an HTTP/2 server of; the names are Node's. */
export interface MessageClasses {
  readonly Http2ServerRequest: typeof Http2Request;
  readonly Http2ServerResponse: typeof Http2Response;
}

const plainClasses: MessageClasses = {
  Http2ServerRequest: Http2Request,
  Http2ServerResponse: Http2Response,
};

const classesOfApps = new WeakMap<ExpressApp, MessageClasses>();

/**
 * The classes for an app. Express gives every request and response the prototypes of its app. On
 * Node 20 and 22 V8 makes a new hidden class for each property that such an object gets afterwards
 * (`req.body`, `req.session`, `res.flush`), which doubles the time of a small response. Objects of
 * these classes have Express's prototypes from the start, so that nothing changes.
 *
 * For that `app.request` and `app.response` become the prototypes of the classes; what they were
 * before is their parent. An app that http2-express-bridge has wrapped is left as it is.
 */
export function messageClasses(app: unknown): MessageClasses {
  if (!isExpressApp(app) || app.http2Response !== undefined) return plainClasses;
  const known = classesOfApps.get(app);
  if (known !== undefined) return known;
  class AppRequest extends Http2Request {}
  class AppResponse extends Http2Response {}
  app.request = asPrototype(AppRequest.prototype, app.request);
  app.response = asPrototype(AppResponse.prototype, app.response);
  const made = { Http2ServerRequest: AppRequest, Http2ServerResponse: AppResponse };
  classesOfApps.set(app, made);
  return made;
}

function asPrototype(prototype: object, parent: object): object {
  Reflect.deleteProperty(prototype, 'constructor');
  return Object.setPrototypeOf(prototype, parent) as object;
}
