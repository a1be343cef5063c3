import { zeroCopy } from './buffers/zero-copy';
import type { ZeroCopyMiddleware, ZeroCopyOptions } from './buffers/zero-copy';
import { serverPush } from './delivery/server-push';
import type { ServerPushMiddleware } from './delivery/server-push';
import type { ServerPushOptions } from './delivery/server-push-options';
import { multiplexing } from './multiplexing/multiplexing';
import type { MultiplexingMiddleware, MultiplexingOptions } from './multiplexing/multiplexing';
import { refuseUncalled } from './util/called';
import type { Middleware } from './util/middleware';
import { custom, parseOptions } from './util/options';

/** Options of `headstart`, one key for each part; `false` leaves the part out. */
export interface HeadstartOptions {
  /** Predictive delivery. @default {} */
  readonly serverPush?: ServerPushOptions | false;
  /** Pooled buffers for small writes. @default {} */
  readonly zeroCopy?: ZeroCopyOptions | false;
  /** Priorities of responses, windows of uploads. @default {} */
  readonly multiplexing?: MultiplexingOptions | false;
}

/** The middleware, with the parts it is made of; a part that was left out is `undefined`. */
export interface Headstart extends Middleware {
  readonly serverPush: ServerPushMiddleware | undefined;
  readonly zeroCopy: ZeroCopyMiddleware | undefined;
  readonly multiplexing: MultiplexingMiddleware | undefined;
}

const part = <T extends object>() =>
  custom<T | false>(
    'an object of options, or false',
    {} as T,
    (value) => value === false || (typeof value === 'object' && value !== null),
  );

/**
 * All parts of headstart with their defaults. Mount it before everything else.
 *
 * @example app.use(headstart())
 * @throws TypeError or RangeError for a bad option, named by the part it belongs to.
 * @throws HeadstartError `ERR_NOT_CALLED` when it was mounted without being called.
 */
export function headstart(options?: HeadstartOptions): Headstart {
  refuseUncalled('headstart', options);
  const given = parseOptions<HeadstartOptions>('headstart', options, {
    serverPush: part<ServerPushOptions>(),
    zeroCopy: part<ZeroCopyOptions>(),
    multiplexing: part<MultiplexingOptions>(),
  });
  const parts = {
    multiplexing: given.multiplexing === false ? undefined : multiplexing(given.multiplexing),
    zeroCopy: given.zeroCopy === false ? undefined : zeroCopy(given.zeroCopy),
    serverPush: given.serverPush === false ? undefined : serverPush(given.serverPush),
  };
  return Object.assign(allOf(Object.values(parts).filter((one) => one !== undefined)), parts);
}

/** Every part calls `next` at once, or has answered the request. */
function allOf(parts: readonly Middleware[]): Middleware {
  return function headstartMiddleware(req, res, next) {
    let passed = 0;
    const pass = (): void => void passed++;
    for (const one of parts) {
      const before = passed;
      one(req, res, pass);
      if (passed === before) return;
    }
    next();
  };
}
