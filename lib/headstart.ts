import { zeroCopy } from './buffers/zero-copy';
import type { ZeroCopyMiddleware, ZeroCopyOptions } from './buffers/zero-copy';
import { dynamicCompression } from './compression/dynamic-compression';
import type { DynamicCompressionMiddleware } from './compression/dynamic-compression';
import type { CompressionOptions } from './compression/compression-options';
import type { ResponseCacheOptions } from './cache/cache-options';
import { responseCache } from './cache/response-cache';
import type { ResponseCacheMiddleware } from './cache/response-cache';
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
  /** Compression with the CPU there is to spare. @default {} */
  readonly dynamicCompression?: CompressionOptions | false;
  /** Stored responses. Takes memory, and trusts what responses say of caching. @default false */
  readonly responseCache?: ResponseCacheOptions | false;
}

/** The middleware, with the parts it is made of; a part that was left out is `undefined`. */
export interface Headstart extends Middleware {
  readonly serverPush: ServerPushMiddleware | undefined;
  readonly zeroCopy: ZeroCopyMiddleware | undefined;
  readonly multiplexing: MultiplexingMiddleware | undefined;
  readonly dynamicCompression: DynamicCompressionMiddleware | undefined;
  readonly responseCache: ResponseCacheMiddleware | undefined;
}

const part = <T extends object>(fallback: T | false = {} as T) =>
  custom<T | false>(
    'an object of options, or false',
    fallback,
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
    dynamicCompression: part<CompressionOptions>(),
    responseCache: part<ResponseCacheOptions>(false),
  });
  const parts = {
    multiplexing: given.multiplexing === false ? undefined : multiplexing(given.multiplexing),
    dynamicCompression:
      given.dynamicCompression === false ? undefined : dynamicCompression(given.dynamicCompression),
    zeroCopy: given.zeroCopy === false ? undefined : zeroCopy(given.zeroCopy),
    serverPush: given.serverPush === false ? undefined : serverPush(given.serverPush),
  };
  const cache = given.responseCache === false ? undefined : responseCache(given.responseCache);
  // Behind the cache, so that it keeps what is compressed already.
  const { dynamicCompression: behind, ...ahead } = parts;
  const middleware =
    cache === undefined
      ? inTurn(Object.values(parts), goOn)
      : inTurn(Object.values(ahead), before(cache, behind ?? goOn));
  return Object.assign(middleware, parts, { responseCache: cache });
}

/** Every part calls `next` at once, or has answered the request; the last one may wait. */
function inTurn(parts: readonly (Middleware | undefined)[], last: Middleware): Middleware {
  const present = parts.filter((one) => one !== undefined);
  return function headstartMiddleware(req, res, next) {
    let passed = 0;
    const pass = (): void => void passed++;
    for (const one of present) {
      const count = passed;
      one(req, res, pass);
      if (passed === count) return;
    }
    last(req, res, next);
  };
}

function before(first: Middleware, second: Middleware): Middleware {
  return (req, res, next) => {
    first(req, res, (error) => {
      if (error === undefined) second(req, res, next);
      else next(error);
    });
  };
}

const goOn: Middleware = (_req, _res, next) => {
  next();
};
