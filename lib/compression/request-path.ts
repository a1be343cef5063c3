import type { IncomingMessage } from 'node:http';

/** The path of a request as the client sees it, wherever the middleware is mounted. */
export function pathOf(req: IncomingMessage & { readonly originalUrl?: string }): string {
  const url = req.originalUrl ?? req.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
