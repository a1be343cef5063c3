import type { LimitedRequest } from './limited-request';

/** How Express 4 and 5 find `req.ip`, without blanks. Nobody else's getter may be passed by. */
const expressGetter =
  "functionip(){vartrust=this.app.get('trustproxyfn');returnproxyaddr(this,trust);}";

/**
 * The address of a request, as `req.ip` says it. Where Express trusts no proxy that is the address of
 * the socket, and to read it there takes 0.1 µs in place of 0.5: Express takes `X-Forwarded-For` apart in any case.
 */
export class ExpressAddress {
  /** Of the last request; all requests of an app have the same. */
  #prototype: unknown;
  #isByExpress = false;

  of(req: LimitedRequest): string {
    const socket = req.socket as LimitedRequest['socket'] | undefined;
    const ip = this.#isOfSocket(req) ? undefined : req.ip;
    return ip ?? socket?.remoteAddress ?? '';
  }

  #isOfSocket(req: LimitedRequest): boolean {
    const prototype: unknown = Object.getPrototypeOf(req);
    if (prototype !== this.#prototype) {
      this.#prototype = prototype;
      this.#isByExpress = isByExpress(prototype);
    }
    return (
      this.#isByExpress && req.app?.get?.('trust proxy') === false && !Object.hasOwn(req, 'ip')
    );
  }
}

function isByExpress(prototype: unknown): boolean {
  for (let one = prototype; one !== null; one = Object.getPrototypeOf(one) as unknown) {
    const getter = Object.getOwnPropertyDescriptor(one, 'ip');
    if (getter !== undefined) {
      return String(getter.get).replaceAll(/\s/g, '') === expressGetter;
    }
  }
  return false;
}
