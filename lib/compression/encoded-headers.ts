import type { ServerResponse } from 'node:http';

const weak = 'W/';

/**
 * Makes the headers say that the body is encoded. A strong ETag promises the same bytes, and ranges
 * count in the bytes that are not sent: the one is weakened, the other not offered (RFC 9110,
 * sections 8.8.1 and 14.3).
 *
 * @param bytes Length of the encoded body; `undefined`: not known yet.
 */
export function showEncoded(
  res: ServerResponse,
  encoding: string,
  bytes: number | undefined,
): void {
  res.setHeader('Content-Encoding', encoding);
  if (bytes === undefined || res.hasHeader('trailer') || res.hasHeader('transfer-encoding')) {
    res.removeHeader('Content-Length');
  } else res.setHeader('Content-Length', bytes);
  if (res.hasHeader('accept-ranges')) res.removeHeader('Accept-Ranges');
  weakenTag(res);
}

export function weakenTag(res: ServerResponse): void {
  const tag = res.getHeader('etag');
  if (typeof tag === 'string' && !tag.startsWith(weak)) res.setHeader('ETag', weak + tag);
}

/**
 * A client that shows the weakened tag of a response has the encoded body: its 304 carries the tag
 * and the `Vary` of that body (RFC 9110 section 15.4.5).
 *
 * @returns Whether the client has it.
 */
export function weakenTagOf304(res: ServerResponse, shown: string | undefined): boolean {
  const tag = res.getHeader('etag');
  if (typeof tag !== 'string' || tag.startsWith(weak)) return false;
  if (shown === undefined || !shown.includes(weak + tag)) return false;
  res.setHeader('ETag', weak + tag);
  return true;
}
