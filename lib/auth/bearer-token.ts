import type { IncomingMessage } from 'node:http';
import type { AuthScheme } from './auth-scheme';
import { parseSchemeOptions, type SchemeOptions } from './scheme-options';

const name = 'authorization';
const scheme = 'bearer';
const malformed = '';

/**
 * The token of `Authorization: Bearer` (RFC 6750, section 2.1). A request with two `Authorization`
 * fields is malformed: a proxy before us may have looked at the other one.
 *
 * @throws TypeError for a bad option.
 */
export function bearerToken<User extends object = never>(
  options?: SchemeOptions<User>,
): AuthScheme<User> {
  const { verify } = parseSchemeOptions('bearerToken', options);
  return { name: 'Bearer', extract, accepts: isToken68, verify };
}

function extract(req: IncomingMessage): string | undefined {
  const { authorization } = req.headers;
  if (authorization === undefined || !isBearer(authorization)) return undefined;
  if (isRepeated(req.rawHeaders)) return malformed;
  return authorization.slice(scheme.length).trimStart();
}

/** The name of a scheme is case-insensitive (RFC 9110, section 11.1). */
function isBearer(field: string): boolean {
  if (field.slice(0, scheme.length).toLowerCase() !== scheme) return false;
  return field.length === scheme.length || field[scheme.length] === ' ';
}

/** Node keeps the first of several fields and drops the others without a word. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i];
    if (field?.length === name.length && field.toLowerCase() === name) count++;
  }
  return count > 1;
}

/** By character code: 1 for the characters of a `b64token`. */
const token68 = new Uint8Array(256);
for (const one of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/') {
  token68[one.charCodeAt(0)] = 1;
}

/**
 * The `b64token` of RFC 6750, section 2.1. Not a regular expression: V8 keeps the last string that
 * one was tried on, and that would be the credential. By a table, so that every character takes the
 * same time.
 */
function isToken68(credential: string): boolean {
  let end = credential.length;
  while (end > 0 && credential[end - 1] === '=') end--;
  for (let i = 0; i < end; i++) {
    if (token68[credential.charCodeAt(i)] !== 1) return false;
  }
  return end > 0;
}
