import type { AuthSession } from './auth-session';

/**
 * Who sent a request. Nothing is looked at before somebody asks, and then once: the answer is kept
 * for this request, and sought again only when it has expired or was revoked.
 */
export interface RequestAuth<User extends object = object> {
  /** The user, or `undefined` when there are no credentials or they are refused. */
  user(): Promise<Readonly<User> | undefined>;
  /** The user with scheme, scopes, subject and times; `undefined` as for `user()`. */
  session(): Promise<AuthSession<User> | undefined>;
  /** Signs out: the credential of this request is refused from now on. Nothing if it was already. */
  revoke(): Promise<void>;
}
