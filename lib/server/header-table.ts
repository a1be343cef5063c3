import type { Http2ServerResponse } from 'node:http2';

/** Where prototypes of responses keep the `setHeader` that only writes to the table. */
export const kPlainSetHeader = Symbol('headstart.plainSetHeader');

/** Node's symbol for the headers of an HTTP/2 response; `null` if a Node has none. */
let kHeaders: symbol | null | undefined;

/**
 * The table that Node sends the headers of an HTTP/2 response from, by lower-case name; `undefined`
 * if a Node keeps none.
 */
export function headerTable(res: Http2ServerResponse): Record<string, unknown> | undefined {
  kHeaders ??= symbolOf(res);
  if (kHeaders === null) return undefined;
  return (res as unknown as Record<symbol, Record<string, unknown> | undefined>)[kHeaders];
}

function symbolOf(res: Http2ServerResponse): symbol | null {
  const symbols = Object.getOwnPropertySymbols(res);
  return symbols.find((symbol) => symbol.description === 'headers') ?? null;
}
