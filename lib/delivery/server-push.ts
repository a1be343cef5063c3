import { refuseUncalled } from '../util/called';
import { reportFailure } from '../util/diagnostics';
import type { Middleware } from '../util/middleware';
import { ServerPushManager } from './server-push-manager';
import type { ServerPushOptions } from './server-push-options';

/** The middleware of {@link serverPush}. */
export interface ServerPushMiddleware extends Middleware {
  /** Tells what is learned and given; see its events. */
  readonly manager: ServerPushManager;
}

/**
 * Learns what each page needs and gives it to visitors before they ask: by 103 Early Hints, `Link`
 * headers or, if asked to, PUSH_PROMISE. Mount it before the routes and before static files.
 *
 * @throws TypeError or RangeError for a bad option; HeadstartError when it was not called.
 * @example app.use(serverPush({ rules: [{ route: '/', resources: ['/app.css'] }] }));
 */
export function serverPush(options?: ServerPushOptions): ServerPushMiddleware {
  refuseUncalled('serverPush', options);
  const manager = new ServerPushManager(options);
  const middleware: Middleware = function serverPushMiddleware(req, res, next) {
    let isAnswered = false;
    try {
      isAnswered = manager.handle(req, res);
    } catch (error) {
      reportFailure('serverPush', error);
    }
    if (!isAnswered) next();
  };
  return Object.assign(middleware, { manager });
}
