import type { IncomingMessage } from 'node:http';

const internal = new WeakSet<IncomingMessage>();

/** Marks a request that no client sent: a part of this package asks the app for something. */
export function markInternal(req: IncomingMessage): void {
  internal.add(req);
}

/** True for a request of our own: it is no visit, and teaches nothing. */
export function isInternal(req: IncomingMessage): boolean {
  return internal.has(req);
}
