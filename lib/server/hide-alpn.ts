import type { Http2Session } from 'node:http2';

/**
 * Hides `session.socket.alpnProtocol`; `session.alpnProtocol` stays. http2-express-bridge, once it
 * is loaded, reads it in every app that its copy of Express 4 makes, and over HTTP/2 fails in those
 * it has not wrapped, such as mounted ones. Where it reads nothing it goes the way of HTTP/1.1, on
 * which our prototypes answer.
 */
export function hideAlpn(session: Http2Session | undefined): void {
  if (session === undefined || Object.hasOwn(session, 'socket')) return;
  const inherited = Object.getPrototypeOf(session) as object;
  let view: object | undefined;
  Object.defineProperty(session, 'socket', {
    configurable: true,
    get: () => (view ??= withoutAlpn(Reflect.get(inherited, 'socket', session) as object)),
  });
}

function withoutAlpn(socket: object): object {
  return new Proxy(socket, {
    get: (target, key): unknown => (key === 'alpnProtocol' ? undefined : Reflect.get(target, key)),
  });
}
