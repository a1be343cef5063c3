import { createHmac, randomBytes } from 'node:crypto';
import type { RoutedRequest } from './request-signals';

/** Names that tell a client from others and say nothing about it. */
export interface Client {
  readonly client: string;
  /** What it shares with others one person may control; `undefined` for addresses that say nothing. */
  readonly network: string | undefined;
}

export type ClientIdentity = (req: RoutedRequest) => Client;

/** 96 bits: no two of a billion clients share a name. */
const nameBytes = 12;

/** Loopback, RFC 1918, RFC 6598 and link-local: neighbours, or a proxy before everybody. */
const privateAddress =
  /^(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
/** ::1, fc00::/7 and fe80::/10. */
const privateGroup = /^(?:0|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f])$/i;

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
  const nameOf = (raw: string): string =>
    createHmac('sha256', key).update(raw).digest().toString('base64url', 0, nameBytes);
  return (req) => {
    const network = networkOf(addressOf(req));
    return {
      client: nameOf(rawIdentity(req)),
      network: network === undefined ? undefined : nameOf(network),
    };
  };
}

function addressAndAgent(req: RoutedRequest): string {
  return `${hostOf(addressOf(req))} ${req.headers['user-agent'] ?? ''}`;
}

function addressOf(req: RoutedRequest): string {
  const address = req.ip ?? req.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** One IPv6 host usually owns a whole /64 (RFC 6177): its first four groups are the client. */
function hostOf(address: string): string {
  return isIpv6(address) ? groupsOf(address).slice(0, 4).join(':') : address;
}

/** A /24, or the /48 a site gets (RFC 6177). */
function networkOf(address: string): string | undefined {
  if (isIpv6(address)) {
    const [first = '', second, third] = groupsOf(address);
    return privateGroup.test(first) ? undefined : `${first}:${second}:${third}`;
  }
  if (privateAddress.test(address)) return undefined;
  const end = address.lastIndexOf('.');
  return end < 0 ? undefined : address.slice(0, end);
}

function isIpv6(address: string): boolean {
  return address.includes(':') && !address.includes('.');
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  if (tail !== undefined) while (groups.length + last.length < 8) groups.push('0');
  return [...groups, ...last];
}
