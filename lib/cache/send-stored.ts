import fresh from 'fresh';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import parseRange from 'range-parser';
import { setPrepared } from '../util/prepared-headers';
import type { Prepared } from './prepared';
import type { StoredResponse } from './stored-response';

/** How a stored response is to be sent. */
export interface SendTerms {
  readonly nowMs: number;
  /** For `Cache-Status`. */
  readonly status: string | undefined;
}

/**
 * Answers a `GET` or `HEAD` with a stored response: whole, in part, or with 304 when the client
 * has it. The body is not copied.
 *
 * @returns The status that was sent.
 */
export function sendStored(
  req: IncomingMessage,
  res: ServerResponse,
  stored: StoredResponse,
  { nowMs, status }: SendTerms,
): number {
  const { headers, method } = req;
  const age = stored.age(nowMs);
  if (isConditional(headers) && isFreshFor(headers, stored)) {
    setHeaders(res, stored.notModifiedHeaders, { age, status });
    res.statusCode = 304;
    res.end();
    return 304;
  }
  setHeaders(res, stored.preparedHeaders, { age, status });
  res.statusCode = stored.status;
  const { body } = stored;
  if (method === 'HEAD' || body.byteLength === 0) res.end();
  else if (headers.range !== undefined) sendRange(headers.range, headers, res, stored);
  // Node holds on to the bytes by itself, and they are never written to again.
  else res.end(body.bytes);
  return res.statusCode;
}

function setHeaders(
  res: ServerResponse,
  { single, vary, lists }: Prepared,
  { age, status }: { readonly age: string; readonly status: string | undefined },
): void {
  const own: Record<string, string> = { age };
  if (status !== undefined) own['cache-status'] = withEarlier(res, status);
  if (vary !== undefined) own['vary'] = withOuter(res, vary);
  setPrepared(res, single);
  setPrepared(res, own);
  // A copy: `appendHeader` adds to the list that is there.
  for (const [name, values] of lists) res.setHeader(name, [...values]);
}

/** A middleware before the cache may have named other headers. */
function withOuter(res: ServerResponse, vary: string): string {
  const outer = res.getHeader('vary');
  if (outer === undefined || outer === vary) return vary;
  const names = `${vary},${String(outer)}`.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '').join(', ');
}

export function addCacheStatus(res: ServerResponse, status: string): void {
  res.setHeader('cache-status', withEarlier(res, status));
}

/** RFC 9211: the cache nearest to the app is named first. */
function withEarlier(res: ServerResponse, status: string): string {
  const earlier = res.getHeader('cache-status');
  return earlier === undefined ? status : [...[earlier].flat().map(String), status].join(', ');
}

function isConditional(headers: IncomingHttpHeaders): boolean {
  return headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
}

/** RFC 9110 section 13.2.2. What a client says of caches does not matter here. */
function isFreshFor(headers: IncomingHttpHeaders, stored: StoredResponse): boolean {
  if (stored.status !== 200) return false;
  return fresh(
    {
      'if-none-match': headers['if-none-match'],
      'if-modified-since': headers['if-modified-since'],
    },
    { etag: stored.etag, 'last-modified': stored.lastModified },
  );
}

/**
 * One range of a body that is not encoded. The whole is sent when a client asks for several, when
 * it has parts of another version, or when parts of an encoding may not fit together.
 */
function sendRange(
  range: string,
  headers: IncomingHttpHeaders,
  res: ServerResponse,
  stored: StoredResponse,
): void {
  const { body } = stored;
  const size = body.byteLength;
  const isPossible = stored.status === 200 && stored.storable.encoding === 'identity';
  const ranges = isPossible && isSameVersion(headers, stored) ? parseRange(size, range) : -2;
  if (ranges === -1) {
    res.statusCode = 416;
    for (const name of ['content-encoding', 'content-type']) res.removeHeader(name);
    res.setHeader('content-range', `bytes */${size}`);
    res.setHeader('content-length', '0');
    res.end();
    return;
  }
  const [first, second] = ranges === -2 ? [] : ranges;
  if (ranges === -2 || ranges.type !== 'bytes' || first === undefined || second !== undefined) {
    res.end(body.bytes);
    return;
  }
  const { start, end } = first;
  res.statusCode = 206;
  res.setHeader('content-range', `bytes ${start}-${end}/${size}`);
  res.setHeader('content-length', String(end - start + 1));
  res.end(body.bytes.subarray(start, end + 1));
}

/** RFC 9110 section 13.1.5: only a strong validator will do. */
function isSameVersion(headers: IncomingHttpHeaders, stored: StoredResponse): boolean {
  const version = headers['if-range'] as string | undefined;
  if (version === undefined) return true;
  if (version.startsWith('"')) return version === stored.etag;
  return !version.startsWith('W/') && version === stored.lastModified;
}
