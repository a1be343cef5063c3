import type { IncomingHttpHeaders } from 'node:http';

/** Whether a client has wishes about caches. `Pragma` is HTTP/1.0's way to have one. */
export function hasDirectives(headers: IncomingHttpHeaders): boolean {
  return headers['cache-control'] !== undefined || headers.pragma !== undefined;
}

export function isNoStore(headers: IncomingHttpHeaders): boolean {
  return hasDirective(headers, /(?:^|,)\s*no-store\b/i);
}

export function isOnlyIfCached(headers: IncomingHttpHeaders): boolean {
  return hasDirective(headers, /(?:^|,)\s*only-if-cached\b/i);
}

/** Conditions that the app must judge: they are about changing what is there. */
export function hasPreconditions(headers: IncomingHttpHeaders): boolean {
  return headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined;
}

/** Whether the answer may be a part, or nothing because the client has it. */
export function asksForLess(headers: IncomingHttpHeaders): boolean {
  return (
    headers.range !== undefined ||
    headers['if-none-match'] !== undefined ||
    headers['if-modified-since'] !== undefined
  );
}

export function hasCredentials(headers: IncomingHttpHeaders): boolean {
  return headers.cookie !== undefined || headers.authorization !== undefined;
}

function hasDirective(headers: IncomingHttpHeaders, directive: RegExp): boolean {
  const control = headers['cache-control'];
  return control !== undefined && directive.test(control);
}
