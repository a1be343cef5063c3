import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware, Next } from '../util/middleware';
import { AuthError } from './auth-error';
import { challengeOf, isScopeToken } from './challenge';
import type { LazyRequestAuth } from './lazy-request-auth';
import type { Verdict } from './verdict';

/** Finds the state that a guard asks. */
export type FindAuth = (req: IncomingMessage, res: ServerResponse) => LazyRequestAuth<object>;

/** Lets requests pass that are authenticated and have all of these scopes. */
export function guard(find: FindAuth, scopes: readonly string[]): Middleware {
  return function authGuard(req, res, next) {
    const decide = (auth: LazyRequestAuth<object>, verdict: Verdict<object>): void => {
      const error = refusalOf(auth, verdict, scopes);
      if (error === undefined) next();
      else refuse(auth, error, req, res, next);
    };
    try {
      const auth = find(req, res);
      const verdict = auth.verdict();
      if (verdict instanceof Promise) verdict.then((given) => decide(auth, given), next);
      else decide(auth, verdict);
    } catch (error) {
      next(error);
    }
  };
}

/**
 * @throws TypeError for a scope that RFC 6749, section 3.3, does not allow, and for none at all.
 */
export function checkScopes(scopes: readonly unknown[]): void {
  if (scopes.length > 0 && scopes.every(isScopeToken)) return;
  throw new TypeError(
    `requireScope: scopes must be one or more scope tokens, got ${JSON.stringify(scopes)}`,
  );
}

function refusalOf(
  { authenticator: { settings } }: LazyRequestAuth<object>,
  verdict: Verdict<object>,
  scopes: readonly string[],
): AuthError | undefined {
  const { session } = verdict;
  if (session !== undefined && scopes.every((scope) => session.scopes.has(scope))) return undefined;
  const names = settings.schemes.map(({ scheme }) => scheme.name);
  const used = session === undefined ? verdict.scheme : session.scheme;
  const challenge = challengeOf({ names, realm: settings.realm }, used, scopes);
  return session === undefined
    ? new AuthError(verdict.name, challenge, verdict.reason)
    : new AuthError('scope', challenge);
}

function refuse(
  { authenticator: { settings } }: LazyRequestAuth<object>,
  error: AuthError,
  req: IncomingMessage,
  res: ServerResponse,
  next: Next,
): void {
  // Set now, because error handlers of apps seldom know of `error.headers`.
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  if (settings.refuse === undefined) answer(error, res);
  else settings.refuse(error, req, res, next);
}

function answer({ status }: AuthError, res: ServerResponse): void {
  const body = `${STATUS_CODES[status]}\n`;
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(body);
}
