import type { IncomingMessage, ServerResponse } from 'node:http';
import vary from 'vary';
import type { DictionaryRule } from './dictionary-set';

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

function weakenTag(res: ServerResponse): void {
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

/** Tells caches that dictionaries matter, and a browser that has none yet where to find one. */
export function showDictionary(
  req: IncomingMessage,
  res: ServerResponse,
  { url }: DictionaryRule,
): void {
  vary(res, 'Available-Dictionary');
  const isPage = /^text\/html/i.test(String(res.getHeader('content-type')));
  if (url === undefined || !isPage || req.headers['available-dictionary'] !== undefined) return;
  res.appendHeader('Link', `<${url}>; rel="compression-dictionary"`);
}

/** @param tookMs Time on the event loop; `undefined`: it is still to come. */
export function showTiming(
  res: ServerResponse,
  { name, level }: { readonly name: string; readonly level: number },
  tookMs: number | undefined,
): void {
  const took = tookMs === undefined ? '' : `;dur=${tookMs.toFixed(2)}`;
  res.appendHeader('Server-Timing', `compression;desc="${name} ${level}"${took}`);
}
