import { HeadstartError } from '../util/errors';
import type { Middleware } from '../util/middleware';
import { guard, type FindAuth } from './guard';
import { LazyRequestAuth } from './lazy-request-auth';

/**
 * Lets only authenticated requests pass, by the `lazyAuth` that was mounted last before it. Others
 * are answered by RFC 6750 and RFC 9110.
 *
 * @throws HeadstartError `ERR_AUTH_NOT_MOUNTED`, to the error handlers, when there is none.
 * @example app.get('/me', requireAuth(), showProfile);
 */
export function requireAuth(): Middleware {
  return guard(mounted, []);
}

/** @internal */
export const mounted: FindAuth = (req) => {
  const auth = LazyRequestAuth.latest(req);
  if (auth !== undefined) return auth;
  throw new HeadstartError(
    'ERR_AUTH_NOT_MOUNTED',
    'requireAuth and requireScope need app.use(lazyAuth({ verify })) before them',
  );
};
