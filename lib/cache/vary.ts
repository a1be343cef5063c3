import type { IncomingHttpHeaders, OutgoingHttpHeader } from 'node:http';
import { acceptedEncodings } from './accept-encoding';

/** Longest values of varying headers that are stored, together. */
const maxKeyLength = 2048;

/**
 * Names that a `Vary` lists, in lower case, sorted, each once; `undefined` for `*`, which nothing
 * matches (RFC 9111 section 4.1).
 */
export function varyNames(field: OutgoingHttpHeader | undefined): readonly string[] | undefined {
  if (field === undefined) return [];
  const names = String(field)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.includes('*') ? undefined : [...new Set(names)].sort();
}

/** What a request says in the named headers. Two requests with the same key get the same response. */
export function varyKey(names: readonly string[], headers: IncomingHttpHeaders): string {
  let key = '';
  for (const name of names) {
    const value = headers[name] as string | undefined;
    if (name === 'accept-encoding') key += `\n=${acceptedEncodings(value)}`;
    else key += value === undefined ? '\n' : `\n=${value}`;
  }
  return key;
}

export function isKeyTooLong(key: string): boolean {
  return key.length > maxKeyLength;
}
