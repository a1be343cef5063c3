import type { IncomingMessage, ServerResponse } from 'node:http';
import compressible from 'compressible';

/** The usual filter: whether the response has a content type that is known to shrink. */
export function compressibleResponse(_req: IncomingMessage, res: ServerResponse): boolean {
  const type = res.getHeader('content-type');
  return typeof type === 'string' && compressible(type) === true;
}
