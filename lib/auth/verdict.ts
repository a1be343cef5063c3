import type { RefusalName } from './auth-error';
import type { AuthSession } from './auth-session';

/** A credential that is good, and what tells its revocation. */
export interface Accepted<User extends object> {
  readonly session: AuthSession<User>;
  readonly tokenKey: string;
}

/** Why a request is not authenticated. */
export interface Refused {
  readonly session?: undefined;
  readonly name: Exclude<RefusalName, 'scope'>;
  /** Name of the scheme that was used. */
  readonly scheme?: string;
  /** Code or name of the error with which `verify` refused. */
  readonly reason?: string;
}

export type Verdict<User extends object> = Accepted<User> | Refused;
