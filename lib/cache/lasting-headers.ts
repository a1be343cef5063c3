import type { OutgoingHttpHeaders } from 'node:http';
import type { HeaderList } from './prepared';
import type { Storable } from './storable-response';

/** Made anew for each response, from what is known of the stored one. */
const computed = new Set(['age', 'content-length', 'date']);

/** For one connection too, in their time; HTTP/2 forbids them (RFC 9113 section 8.2.2). */
const unknownToLibrary = new Set(['http2-settings', 'proxy-connection']);

/**
 * The headers to store with a response of this status and length. The library leaves out what is
 * meant for one connection (RFC 9111 section 3.1).
 */
export function lastingHeaders(
  headers: OutgoingHttpHeaders,
  { policy }: Storable,
  { status, bodyBytes, nowMs }: { status: number; bodyBytes: number; nowMs: number },
): HeaderList {
  const lasting = new Set(Object.keys(policy.responseHeaders()));
  const list: [string, string | readonly string[]][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || computed.has(name) || unknownToLibrary.has(name)) continue;
    if (!lasting.has(name) && name !== 'vary') continue;
    list.push([name, Array.isArray(value) ? value : String(value)]);
  }
  list.push(['date', headers['date'] ?? new Date(nowMs).toUTCString()]);
  if (status !== 204) list.push(['content-length', String(bodyBytes)]);
  return list;
}
