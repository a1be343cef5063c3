import fresh from 'fresh';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import parseRange from 'range-parser';
import type { SharedBuffer } from '../buffers/shared-buffer';
import type { HeaderList, StoredResponse } from './stored-response';

const kBody = Symbol('headstart.cachedBody');

type Sending = ServerResponse & { [kBody]?: SharedBuffer | undefined };

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
  if (isConditional(headers) && isFreshFor(headers, stored)) {
    setHeaders(res, stored.notModifiedHeaders);
    setOwnHeaders(res, stored, nowMs, status);
    res.statusCode = 304;
    res.end();
    return 304;
  }
  setHeaders(res, stored.headers);
  setOwnHeaders(res, stored, nowMs, status);
  res.statusCode = stored.status;
  if (method === 'HEAD' || stored.body.byteLength === 0) res.end();
  else if (headers.range !== undefined) sendRange(headers.range, headers, res, stored);
  else sendBody(res, stored.body, stored.body.bytes);
  return res.statusCode;
}

function setHeaders(res: ServerResponse, headers: HeaderList): void {
  for (const [name, value] of headers) {
    if (name === 'vary') setVary(res, value);
    else res.setHeader(name, value);
  }
}

/** A middleware before the cache may have named other headers. */
function setVary(res: ServerResponse, stored: string | readonly string[]): void {
  const outer = res.getHeader('vary');
  const value = String(stored);
  if (outer === undefined || outer === value) {
    res.setHeader('vary', value);
    return;
  }
  const named = new Set(`${value},${String(outer)}`.split(',').map((name) => name.trim()));
  res.setHeader('vary', [...named].filter((name) => name !== '').join(', '));
}

function setOwnHeaders(
  res: ServerResponse,
  stored: StoredResponse,
  nowMs: number,
  status: string | undefined,
): void {
  res.setHeader('age', stored.age(nowMs));
  if (status !== undefined) addCacheStatus(res, status);
}

/** RFC 9211: the cache nearest to the app is named first. */
export function addCacheStatus(res: ServerResponse, status: string): void {
  const earlier = res.getHeader('cache-status');
  res.setHeader(
    'cache-status',
    earlier === undefined ? status : [...[earlier].flat().map(String), status].join(', '),
  );
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
    sendBody(res, body, body.bytes);
    return;
  }
  const { start, end } = first;
  res.statusCode = 206;
  res.setHeader('content-range', `bytes ${start}-${end}/${size}`);
  res.setHeader('content-length', String(end - start + 1));
  sendBody(res, body, body.bytes.subarray(start, end + 1));
}

/** RFC 9110 section 13.1.5: only a strong validator will do. */
function isSameVersion(headers: IncomingHttpHeaders, stored: StoredResponse): boolean {
  const version = headers['if-range'] as string | undefined;
  if (version === undefined) return true;
  if (version.startsWith('"')) return version === stored.etag;
  return !version.startsWith('W/') && version === stored.lastModified;
}

function sendBody(res: Sending, body: SharedBuffer, bytes: Buffer): void {
  res[kBody] = body.retain();
  res.on('close', letGo);
  res.end(bytes);
}

/** Its memory is never written to again, so it does not matter whether Node still reads it. */
function letGo(this: Sending): void {
  this[kBody]?.release();
  this[kBody] = undefined;
}
