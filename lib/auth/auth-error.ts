import { HeadstartError } from '../util/errors';
import type { HeadstartErrorCode } from '../util/errors';
import type { Challenge } from './challenge';

/** The `error` codes of RFC 6750, section 3.1. */
export type OAuthErrorCode = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

interface RefusalKind {
  readonly code: HeadstartErrorCode;
  readonly status: 400 | 401 | 403;
  /** None when nothing was sent: RFC 6750 wants no error code then. */
  readonly oauth?: OAuthErrorCode;
  readonly description: string;
}

/** What can be wrong with a request, by its name in this folder. */
const kinds = {
  missing: {
    code: 'ERR_AUTH_MISSING',
    status: 401,
    description: 'The request has no credentials',
  },
  malformed: {
    code: 'ERR_AUTH_MALFORMED',
    status: 400,
    oauth: 'invalid_request',
    description: 'The credentials are malformed or were sent more than once',
  },
  invalid: {
    code: 'ERR_AUTH_INVALID',
    status: 401,
    oauth: 'invalid_token',
    description: 'The credentials are expired, revoked or otherwise not valid',
  },
  scope: {
    code: 'ERR_AUTH_SCOPE',
    status: 403,
    oauth: 'insufficient_scope',
    description: 'The request requires higher privileges than the credentials give',
  },
} as const satisfies Record<string, RefusalKind>;

export type RefusalName = keyof typeof kinds;

/** Why a request was refused. Express's own error handler answers it as it should be answered. */
export class AuthError extends HeadstartError {
  readonly status: 400 | 401 | 403;
  /** `error` of RFC 6750, section 3.1; `undefined` when the request had no credentials. */
  readonly error: OAuthErrorCode | undefined;
  /** What an answer to it must carry: `WWW-Authenticate` (RFC 9110, section 11.6.1). */
  readonly headers: Readonly<Record<string, string>>;
  /** Code or name of the error with which `verify` refused, for logs; never shown to the client. */
  readonly reason: string | undefined;

  constructor(name: RefusalName, challenge: Challenge, reason?: string) {
    const kind: RefusalKind = kinds[name];
    super(kind.code, kind.description);
    this.name = 'AuthError';
    this.status = kind.status;
    this.error = kind.oauth;
    this.reason = reason;
    this.headers = { 'WWW-Authenticate': challenge(kind.oauth, kind.description) };
  }
}
