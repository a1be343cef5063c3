import { OutgoingMessage } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** Node's symbol for the header table of HTTP/1.1 messages; `undefined` if a Node has none. */
const kOutHeaders = Object.getOwnPropertySymbols(new OutgoingMessage()).find(
  (symbol) => symbol.description === 'kOutHeaders',
);

/**
 * Makes the methods of `http.OutgoingMessage.prototype` work on HTTP/2 responses: `cookies` and
 * `cookie-session` call its `setHeader` on any response. Those methods keep headers in a table
 * behind a symbol; this view of the table reads and writes the HTTP/2 response instead.
 */
export function installOutgoingHeadersView(prototype: Http2ServerResponse): void {
  if (kOutHeaders === undefined) return;
  Object.defineProperty(prototype, kOutHeaders, {
    configurable: true,
    get(this: Http2ServerResponse) {
      return viewOf(this);
    },
  });
  // Node >= 24 asks this before it stores a header.
  Object.defineProperty(prototype, '_isLenientHeaderValidation', {
    configurable: true,
    value: () => false,
  });
}

/** Entries are `[name, value]`, keyed by the lower-case name. */
function viewOf(res: Http2ServerResponse): object {
  const entry = (key: string | symbol) =>
    typeof key === 'string' && res.hasHeader(key) ? [key, res.getHeader(key)] : undefined;
  return new Proxy(Object.create(null), {
    get: (_table, key) => entry(key),
    set: (_table, _key, [name, value]: [string, string | string[]]) => {
      res.setHeader(name, value);
      return true;
    },
    has: (_table, key) => entry(key) !== undefined,
    deleteProperty: (_table, key) => {
      if (typeof key === 'string') res.removeHeader(key);
      return true;
    },
    ownKeys: () => res.getHeaderNames(),
    getOwnPropertyDescriptor: (_table, key) =>
      entry(key) && { configurable: true, enumerable: true, value: entry(key) },
  });
}
