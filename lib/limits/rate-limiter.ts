import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseUncalled } from '../util/called';
import type { Next } from '../util/middleware';
import type { LimitedRequest, LimitedResponse } from './limited-request';
import type { RateLimiterOptions } from './limiter-options';
import { LimiterSettings } from './limiter-settings';
import type { StoredHits } from './rate-limit-store';
import type { RateLimits } from './rate-limits';
import { RequestLimiter } from './request-limiter';
import { isPromise } from './when-ready';
import type { Eventual } from './when-ready';

/** What `rateLimiter` makes. */
export interface RateLimiterMiddleware {
  (req: IncomingMessage, res: ServerResponse, next: Next): Eventual<void>;
  /** The counts, for statistics; `undefined` with a store. */
  readonly limits: RateLimits | undefined;
  /** What is known of a key. @throws TypeError when the store cannot tell. */
  getKey(key: string): Eventual<StoredHits | undefined>;
  /** Makes a key as good as new. */
  resetKey(key: string): Eventual<void>;
}

/**
 * Limits how often a client is answered. Options, properties and headers are those of express-rate-limit, so it can take
 * its place; counts are in fixed memory, exact for small limits, and need no waiting.
 *
 * @example
 * app.use(rateLimiter({ limit: 100, windowMs: 15 * 60_000, standardHeaders: 'draft-8' }));
 * app.post('/login', rateLimiter({ limit: 5, penaltyMs: 600_000, skipSuccessfulRequests: true }));
 * @throws TypeError, RangeError for options that are unknown, wrong or do not go together.
 * @throws HeadstartError `ERR_NOT_CALLED` when it was mounted without being called.
 */
export function rateLimiter<Req = LimitedRequest, Res = LimitedResponse>(
  options?: RateLimiterOptions<Req, Res>,
): RateLimiterMiddleware {
  refuseUncalled('rateLimiter', options);
  const settings = new LimiterSettings(options as RateLimiterOptions | undefined);
  const limiter = new RequestLimiter(settings);

  const rateLimiterMiddleware = (
    req: IncomingMessage,
    res: ServerResponse,
    next: Next,
  ): Eventual<void> => {
    let isAdmitted: Eventual<boolean>;
    try {
      isAdmitted = limiter.admit(req, res, next);
    } catch (error) {
      next(error);
      return;
    }
    if (isPromise(isAdmitted)) return goOnLater(isAdmitted, next);
    if (isAdmitted) next();
  };
  const { counter, limits } = settings;
  return Object.assign(rateLimiterMiddleware, {
    limits,
    getKey: (key: string) => counter.get(key),
    resetKey: (key: string) => counter.reset(key),
  });
}

async function goOnLater(isAdmitted: Promise<boolean>, next: Next): Promise<void> {
  let goesOn: boolean;
  try {
    goesOn = await isAdmitted;
  } catch (error) {
    next(error);
    return;
  }
  if (goesOn) next();
}
