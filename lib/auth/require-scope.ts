import type { Middleware } from '../util/middleware';
import { checkScopes, guard } from './guard';
import { mounted } from './require-auth';

/**
 * Lets only requests pass that are authenticated and have all of these scopes, by the `lazyAuth`
 * that was mounted last before it. A session without one of them is answered with 403.
 *
 * @throws TypeError for what is no scope; HeadstartError as `requireAuth`.
 * @example app.delete('/user/:id', requireScope('users:write'), deleteUser);
 */
export function requireScope(...scopes: readonly string[]): Middleware {
  checkScopes(scopes);
  return guard(mounted, scopes);
}
