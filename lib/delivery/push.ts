import { CommonPushRules } from '../prediction/common-push-rules';
import type { PushResource } from '../prediction/push-rule';
import { reportFailure } from '../util/diagnostics';
import type { Middleware } from '../util/middleware';
import { ServerPushManager } from './server-push-manager';

let standalone: ServerPushManager | undefined;

/**
 * Gives one route's pages what they need, by the app's `serverPush()` or, without one, by its
 * defaults. What the page was given already is not given again.
 *
 * @param resources Paths or resources; their kind is guessed from the extension.
 * @throws TypeError for a resource that cannot be given.
 * @example app.get('/', push('/app.css', '/app.js'), (req, res) => res.render('home'));
 */
export function push(...resources: readonly (string | PushResource)[]): Middleware {
  const complete = new CommonPushRules([{ route: () => true, resources }]).match('/');
  return function pushMiddleware(req, res, next) {
    try {
      standalone ??= new ServerPushManager();
      standalone.deliveryFor(req, res)?.give(complete);
    } catch (error) {
      reportFailure('serverPush', error);
    }
    next();
  };
}
