import CachePolicy from 'http-cache-semantics';
import type { IncomingHttpHeaders, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';
import { isKnownEncoding } from './accept-encoding';
import { isKeyTooLong, varyKey, varyNames } from './vary';

/** A response as it leaves. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
}

/** What may be done with a response that may be stored. */
export interface Storable {
  readonly policy: CachePolicy;
  readonly vary: readonly string[];
  /** What the request said in the headers that `vary` names. */
  readonly varyKey: string;
  readonly encoding: string;
  /** Whether it may answer requests with cookies or credentials. */
  readonly isForAll: boolean;
  /** Whether it may answer requests with an `Origin`: it is for all, or was made for such a request. */
  readonly isForOrigins: boolean;
  /** Whether nothing but a successful revalidation may follow once it is stale. */
  readonly mustRevalidate: boolean;
}

/**
 * Decides whether a shared cache may store a response (RFC 9111 section 3) and for how long it is
 * fresh. `http-cache-semantics` knows the rules; this is stricter where it would be unwise to go to
 * the limit of what they allow:
 *
 * - there must be an explicit lifetime, no guess from `Last-Modified`;
 * - `Set-Cookie` is never stored;
 * - the answer to a request with cookies or credentials must say `public` or `s-maxage`.
 *
 * @param clock What the library takes for now, now and later.
 */
export function judge(
  request: IncomingHttpHeaders,
  { status, headers }: ResponseHead,
  clock: () => number,
): Storable | undefined {
  const vary = implicitVary(varyNames(headers['vary']), request, headers);
  if (vary === undefined || isOneOfAKind(headers)) return undefined;
  const control = directives(headers['cache-control']);
  if (/(?:^|,)\s*no-cache\b/.test(control)) return undefined;
  const isForAll = /(?:^|,)\s*(?:public\b|s-maxage\s*=)/.test(control);
  const hasCookie = request.cookie !== undefined && !vary.includes('cookie');
  if ((hasCookie || request.authorization !== undefined) && !isForAll) return undefined;
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  if (!isKnownEncoding(encoding)) return undefined;
  const key = varyKey(vary, request);
  if (isKeyTooLong(key)) return undefined;
  const policy = policyOf(request, { status, headers }, control, clock);
  if (!policy.storable() || policy.timeToLive() <= 0) return undefined;
  return {
    policy,
    vary,
    varyKey: key,
    encoding,
    isForAll,
    isForOrigins: request.origin !== undefined || headers['access-control-allow-origin'] === '*',
    mustRevalidate: revalidates.test(control),
  };
}

/** They concern stale responses only (RFC 9111 section 5.2.2.2), but the library then reuses none. */
const revalidates = /(?:^|,)\s*(?:must|proxy)-revalidate\b/;
const revalidatesEach = new RegExp(revalidates, 'g');

/** RFC 9110 section 5.6.7. Everything else has expired; the library would read what `Date` can. */
const fixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function policyOf(
  request: IncomingHttpHeaders,
  { status, headers }: ResponseHead,
  control: string,
  clock: () => number,
): CachePolicy {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // Who varies is matched by us; the library would compare the spelling.
    if (value !== undefined && name !== 'vary') shown[name] = String(value);
  }
  if (shown['expires'] !== undefined && !fixdate.test(shown['expires'])) shown['expires'] = '0';
  if (headers['cache-control'] !== undefined) {
    shown['cache-control'] = control.replace(revalidatesEach, '');
  }
  const Policy = clockedPolicy(clock);
  return new Policy(
    { method: 'GET', headers: policyRequest(request) },
    { status, headers: shown },
    { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
  );
}

/** The headers of a request that the library is to know. */
export function policyRequest(request: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  const control = request['cache-control'];
  if (control !== undefined) shown['cache-control'] = control.toLowerCase();
  if (request.pragma !== undefined) shown['pragma'] = request.pragma.toLowerCase();
  if (request.authorization !== undefined) shown['authorization'] = request.authorization;
  return shown;
}

const policies = new WeakMap<() => number, typeof CachePolicy>();

/** The library's class with another clock, which its constructor asks already. */
function clockedPolicy(clock: () => number): typeof CachePolicy {
  let Policy = policies.get(clock);
  if (Policy === undefined) {
    Policy = class ClockedPolicy extends CachePolicy {
      now(): number {
        return clock();
      }
    };
    policies.set(clock, Policy);
  }
  return Policy;
}

/** The library knows directives in lower case only (RFC 9111 section 5.2: case does not matter). */
function directives(field: OutgoingHttpHeader | undefined): string {
  return field === undefined ? '' : String(field).toLowerCase();
}

/** A cookie is for one client, an event stream never ends, and nobody knows what trailers will say. */
function isOneOfAKind(headers: OutgoingHttpHeaders): boolean {
  return (
    headers['set-cookie'] !== undefined ||
    headers['trailer'] !== undefined ||
    headers['content-range'] !== undefined ||
    /^\s*text\/event-stream/i.test(String(headers['content-type'] ?? ''))
  );
}

/** A response that names the origin that asked is for that origin, whether it says so or not. */
function implicitVary(
  names: readonly string[] | undefined,
  request: IncomingHttpHeaders,
  headers: OutgoingHttpHeaders,
): readonly string[] | undefined {
  const allowed = headers['access-control-allow-origin'];
  const isBound = allowed !== undefined && allowed !== '*' && request.origin !== undefined;
  if (names === undefined || !isBound || names.includes('origin')) return names;
  return [...names, 'origin'].sort();
}
