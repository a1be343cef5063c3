import type { IncomingMessage, ServerResponse } from 'node:http';

/** What to do with a response, as far as its head tells. */
export type Verdict =
  /** Nothing: who asks differently gets the same. */
  | 'untouched'
  /** Leave it as it is, though another answer of this URL may be compressed. */
  | 'identity'
  | 'compress';

/** Digests of the bytes as they are sent (RFC 9530; RFC 2616 section 14.15; RFC 3230). */
const digests = ['content-digest', 'repr-digest', 'digest', 'content-md5'] as const;

const noTransform = /(?:^|,)\s*no-transform\s*(?:,|$)/i;

/** RFC 9110: without a body, or with a part of one, whose bytes are counted in the whole. */
function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 205 || status === 304;
}

/**
 * Judges a response by its head. The filter has already said yes.
 *
 * @param bytes Length of the body, where it is known and the headers do not tell it.
 */
export function judge(
  req: IncomingMessage,
  res: ServerResponse,
  thresholdBytes: number,
  bytes: number | undefined,
): Verdict {
  // RFC 9111 section 5.2.2.6.
  const cacheControl = res.getHeader('cache-control');
  if (cacheControl !== undefined && noTransform.test(String(cacheControl))) return 'untouched';
  if (req.method === 'HEAD' || isBodiless(res.statusCode)) return 'identity';
  if (res.statusCode === 206 || res.hasHeader('content-range')) return 'identity';
  const declared = res.getHeader('content-length');
  const length = declared === undefined ? bytes : Number(declared);
  if (length !== undefined && length < thresholdBytes) return 'identity';
  const encoding = res.getHeader('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') return 'identity';
  if (digests.some((name) => res.hasHeader(name))) return 'identity';
  return 'compress';
}
