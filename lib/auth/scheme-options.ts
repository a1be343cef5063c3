import { custom, parseOptions } from '../util/options';
import type { Verify } from './auth-scheme';

/** What `bearerToken` and `cookieToken` can be told. */
export interface SchemeOptions<User extends object> {
  /** Verifies the credentials of this scheme. @default the `verify` of `lazyAuth` */
  readonly verify?: Verify<User> | undefined;
}

/** @throws TypeError for a bad option. */
export function parseSchemeOptions<User extends object>(
  owner: string,
  given: SchemeOptions<User> | undefined,
): Required<SchemeOptions<User>> {
  return parseOptions<SchemeOptions<User>>(owner, given, {
    verify: custom<Verify<User> | undefined>(
      'a function',
      undefined,
      (value) => typeof value === 'function',
    ),
  });
}
