import type { ServerResponse } from 'node:http';

const kProvisional = Symbol('headstart.provisional');

type Marked = ServerResponse & { [kProvisional]?: true };

/** Says that a better encoding of the same body will be there soon, so that no cache keeps this one for long. */
export function markProvisional(res: ServerResponse): void {
  (res as Marked)[kProvisional] = true;
}

export function isProvisional(res: ServerResponse): boolean {
  return (res as Marked)[kProvisional] === true;
}
