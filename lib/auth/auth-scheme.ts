import type { IncomingMessage } from 'node:http';

/**
 * Finds out whose credential it is. What it returns is the user: the claims of a token, with
 * whatever else the handlers need. `exp`, `nbf`, `iat`, `sub`, `scope` and `scp` are read from it.
 *
 * It refuses a credential by returning nothing, or by throwing as token libraries do; see
 * `docs/auth.md`. Anything else it throws is its own failure, and nobody is told that the
 * credential is bad.
 */
export type Verify<User extends object> = (
  credential: string,
  req: IncomingMessage,
) => Verified<User> | Promise<Verified<User>>;

type Verified<User> = User | undefined | null | false;

/** One way of sending a credential. */
export interface AuthScheme<User extends object = object> {
  /** The auth-scheme that `WWW-Authenticate` names, such as `Bearer` or `ApiKey` (RFC 9110, 11.1). */
  readonly name: string;
  /**
   * The credential of a request, or `undefined` when it has none of this kind. An empty string
   * stands for one that is there and malformed.
   */
  extract(req: IncomingMessage): string | undefined;
  /** Whether a credential has the form of this scheme; others are answered with 400. @default any */
  accepts?(credential: string): boolean;
  /** Verifies the credentials of this scheme. @default the `verify` of `lazyAuth` */
  readonly verify?: Verify<User> | undefined;
}
