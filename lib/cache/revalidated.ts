import type { OutgoingHttpHeaders } from 'node:http';
import { lastingHeaders } from './lasting-headers';
import { judge } from './storable-response';
import { StoredResponse } from './stored-response';

/** Headers of a 304 that say nothing of the stored body, or could contradict it (RFC 9111 section 3.2). */
function isAboutBody(name: string): boolean {
  return /^content-(?:encoding|length|md5|range|security-policy)/.test(name);
}

/**
 * A stored response as the 304 with these headers makes it: as young as the 304, with the same
 * body. `undefined` when the 304 is about another version, or may not be stored any more.
 */
export function revalidated(
  stored: StoredResponse,
  headers: OutgoingHttpHeaders,
  clock: () => number,
): StoredResponse | undefined {
  const { request, status, body, keepUntilMs } = stored;
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) shown[name] = String(value);
  }
  const answer = { status: 304, headers: shown };
  if (!stored.storable.policy.revalidatedPolicy({ headers: {} }, answer).matches) return undefined;
  const merged: OutgoingHttpHeaders = {};
  for (const [name, value] of stored.headers) merged[name] = value as string;
  delete merged['date'];
  for (const [name, value] of Object.entries(headers)) {
    if (!isAboutBody(name)) merged[name] = value;
  }
  const nowMs = clock();
  const storable = judge(request.headers, { status, headers: merged }, clock);
  if (storable === undefined) return undefined;
  return new StoredResponse({
    request,
    status,
    headers: lastingHeaders(merged, storable, { status, bodyBytes: body.byteLength, nowMs }),
    body: body.retain(),
    storable,
    nowMs,
    keepUntilMs,
  });
}
