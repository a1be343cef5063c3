import { createHmac, randomBytes } from 'node:crypto';
import type { RoutedRequest } from './request-signals';

/** Gives each client a name that tells it from others and says nothing about it. */
export type ClientIdentity = (req: RoutedRequest) => string;

/** 96 bits: no two of a billion clients share a name. */
const nameBytes = 12;

/**
 * Names clients by a keyed hash, so that no address and no user agent is kept. The key lives and
 * dies with the process.
 *
 * @param rawIdentity What tells clients apart; by default address and user agent.
 */
export function clientIdentity(
  rawIdentity: (req: RoutedRequest) => string = addressAndAgent,
  key: Uint8Array = randomBytes(32),
): ClientIdentity {
  return (req) =>
    createHmac('sha256', key).update(rawIdentity(req)).digest().toString('base64url', 0, nameBytes);
}

function addressAndAgent(req: RoutedRequest): string {
  const address = req.ip ?? req.socket.remoteAddress ?? '';
  return `${network(address)} ${req.headers['user-agent'] ?? ''}`;
}

/** One IPv6 host usually owns a whole /64 (RFC 6177): its first four groups are the client. */
function network(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  if (tail !== undefined) while (groups.length + last.length < 8) groups.push('0');
  return [...groups, ...last].slice(0, 4).join(':');
}
