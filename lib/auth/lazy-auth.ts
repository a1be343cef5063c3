import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseUncalled } from '../util/called';
import type { Middleware } from '../util/middleware';
import { parseAuthOptions, type LazyAuthOptions } from './auth-options';
import { Authenticator, type AuthStats } from './authenticator';
import { checkScopes, guard } from './guard';
import { LazyRequestAuth } from './lazy-request-auth';
import type { RequestAuth } from './request-auth';
import type { Revocation } from './revocation';

/** The middleware of {@link lazyAuth}. */
export interface LazyAuth<User extends object> extends Middleware {
  /** The same as `req.auth`, with the type of the user; also where the middleware did not run. */
  of(req: IncomingMessage): RequestAuth<User>;
  /** As the function of this name, by this `lazyAuth`. */
  requireAuth(): Middleware;
  /** As the function of this name, by this `lazyAuth`. */
  requireScope(...scopes: readonly string[]): Middleware;
  /**
   * Refuses from the call on, whatever is remembered or being verified. Resolves when the log, if
   * there is one, has it.
   *
   * @throws HeadstartError `ERR_REVOCATIONS_FULL`; whatever the log throws. It holds here then, too.
   */
  revoke(revocation: Revocation<User>): Promise<void>;
  /** Forgets all verdicts: call it when keys change. Revocations stay. */
  clear(): void;
  readonly stats: AuthStats;
}

/**
 * Finds out who sent a request, when somebody asks and not before, and remembers the answer for up
 * to a minute. Mount it before the routes; what never looks pays for one small object.
 *
 * @throws TypeError or RangeError for a bad option; HeadstartError when it was not called.
 * @example
 * const auth = lazyAuth({ verify: (token) => verifyJwt(token) });
 * app.use(auth);
 * app.get('/me', auth.requireAuth(), async (req, res) => res.json(await auth.of(req).user()));
 */
export function lazyAuth<User extends object>(options: LazyAuthOptions<User>): LazyAuth<User> {
  refuseUncalled('lazyAuth', options);
  const authenticator = new Authenticator(parseAuthOptions(options), () => Date.now());
  // Express knows the response of a request.
  const of = (req: IncomingMessage, res = (req as { res?: ServerResponse }).res) =>
    LazyRequestAuth.attach(authenticator, req as never, res);
  const middleware: Middleware = function lazyAuthMiddleware(req, res, next) {
    of(req, res);
    next();
  };
  const members = {
    of: (req: IncomingMessage) => of(req),
    requireAuth: () => guard(of, []),
    requireScope(...scopes: readonly string[]) {
      checkScopes(scopes);
      return guard(of, scopes);
    },
    revoke: (revocation: Revocation<User>) => authenticator.revoke(revocation),
    clear: () => authenticator.clear(),
    get stats() {
      return authenticator.stats;
    },
  } satisfies Omit<LazyAuth<User>, keyof Middleware>;
  const descriptors = Object.getOwnPropertyDescriptors(members);
  return Object.defineProperties(middleware, descriptors) as LazyAuth<User>;
}
