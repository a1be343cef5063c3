import type { IncomingHttpHeaders, OutgoingHttpHeader, ServerResponse } from 'node:http';

/** What decides whether a response was made for one user or for all. */
export interface ResponseFacts {
  readonly status: number;
  /** Reads a response header by its lower-case name. */
  header(name: string): OutgoingHttpHeader | undefined;
}

const personal: ReadonlySet<string> = new Set(['private', 'no-store']);
const declaredPublic: ReadonlySet<string> = new Set(['public', 's-maxage']);
const personalVary: ReadonlySet<string> = new Set(['*', 'cookie', 'authorization']);

/**
 * True when a response may be told, by its URL, to people who have not asked for it: it succeeded,
 * may be cached by anyone, sets no cookie, does not depend on one, and needed no credentials.
 */
export function isShareable(request: IncomingHttpHeaders, response: ResponseFacts): boolean {
  if (response.status !== 200 && response.status !== 304) return false;
  if (request.authorization !== undefined) return false;
  if (response.header('set-cookie') !== undefined) return false;
  return (
    !tokens(response.header('cache-control')).some((token) => personal.has(token)) &&
    !tokens(response.header('vary')).some((token) => personalVary.has(token))
  );
}

/** True when the app itself says that caches may give the response to anybody (RFC 9111 5.2.2). */
export function isDeclaredPublic(response: Pick<ResponseFacts, 'header'>): boolean {
  return tokens(response.header('cache-control')).some((token) => declaredPublic.has(token));
}

/**
 * True when a success says that it is for one user. Refusals and server errors say something of the
 * moment or of the client, not of the resource.
 */
export function isDeclaredPersonal({ status, header }: ResponseFacts): boolean {
  return (
    (status === 200 || status === 304) &&
    tokens(header('cache-control')).some((token) => personal.has(token))
  );
}

/**
 * True when a browser may use its copy without asking again (RFC 9111 section 4.2), by `max-age`,
 * `Expires` or, failing both, its guess from `Last-Modified`.
 */
export function staysFresh({ header }: Pick<ResponseFacts, 'header'>): boolean {
  const control = String(header('cache-control') ?? '').toLowerCase();
  if (/\bno-(?:cache|store)\b/.test(control)) return false;
  const maxAge = /(?:^|[\s,])max-age="?(\d+)/.exec(control)?.[1];
  if (maxAge !== undefined) return Number(maxAge) > 0;
  const expires = header('expires');
  if (expires !== undefined)
    return Date.parse(String(expires)) > Date.parse(String(header('date')));
  return header('last-modified') !== undefined;
}

/** Names of a comma-separated list, in lower case, without their values: `private="x"` is `private`. */
function tokens(value: OutgoingHttpHeader | undefined): string[] {
  if (value === undefined) return [];
  return String(value)
    .toLowerCase()
    .split(',')
    .map((part) => part.split('=', 1)[0]?.trim() ?? '');
}

/** A response as it is when its headers leave. */
export function factsOf(res: ServerResponse): ResponseFacts {
  return { status: res.statusCode, header: (name) => res.getHeader(name) };
}

/** Asked when the headers leave. */
export function isHtml(res: ServerResponse): boolean {
  return String(res.getHeader('content-type') ?? '').startsWith('text/html');
}
