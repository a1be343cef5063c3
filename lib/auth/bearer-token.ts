import type { IncomingMessage } from 'node:http';
import type { AuthScheme, SchemeOptions } from './auth-scheme';

const name = 'authorization';
const scheme = 'bearer';
const malformed = '';

/**
 * The token of `Authorization: Bearer` (RFC 6750, section 2.1). A request with two `Authorization`
 * fields is malformed: a proxy before us may have looked at the other one.
 */
export function bearerToken<User extends object = object>(
  options: SchemeOptions<User> = {},
): AuthScheme<User> {
  return { name: 'Bearer', extract, accepts: isToken68, verify: options.verify };
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

/**
 * The `b64token` of RFC 6750, section 2.1. Not a regular expression: V8 keeps the last string that
 * one was tried on, and that would be the credential.
 */
function isToken68(credential: string): boolean {
  let end = credential.length;
  while (end > 0 && credential[end - 1] === '=') end--;
  for (let i = 0; i < end; i++) {
    if (!isToken68Character(credential.charCodeAt(i))) return false;
  }
  return end > 0;
}

function isToken68Character(code: number): boolean {
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  const isDigit = code >= 0x30 && code <= 0x39;
  return isLetter || isDigit || '-._~+/'.includes(String.fromCharCode(code));
}
