import { parseCookie } from 'cookie';
import type { AuthScheme } from './auth-scheme';
import { parseSchemeOptions, type SchemeOptions } from './scheme-options';

/**
 * The value of a cookie; an empty one is none. Its name in `WWW-Authenticate` is `Cookie`: RFC 9110 asks for a challenge
 * with every 401, and nothing is registered for cookies.
 *
 * @param name Name of the cookie.
 * @throws TypeError when `name` is no name of a cookie, and for a bad option.
 */
export function cookieToken<User extends object = never>(
  name: string,
  options?: SchemeOptions<User>,
): AuthScheme<User> {
  if (typeof name !== 'string' || !/^[\w!#$%&'*.^`|~+-]+$/.test(name)) {
    throw new TypeError(`cookieToken: name must be the name of a cookie, got ${name}`);
  }
  const { verify } = parseSchemeOptions('cookieToken', options);
  return {
    name: 'Cookie',
    extract({ headers }) {
      // Most requests to public pages have other cookies or none: do not take them apart.
      if (headers.cookie?.includes(name) !== true) return undefined;
      const value = parseCookie(headers.cookie)[name];
      return value === '' ? undefined : value;
    },
    verify,
  };
}
