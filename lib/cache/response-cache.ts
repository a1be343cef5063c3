import { refuseUncalled } from '../util/called';
import type { Middleware } from '../util/middleware';
import type { ResponseCacheOptions } from './cache-options';
import { SharedCache } from './shared-cache';

/** The middleware, with its cache for purging and statistics. */
export type ResponseCacheMiddleware = Middleware & { readonly cache: SharedCache };

/**
 * Stores responses that say they may be shared (RFC 9111) and answers from memory. Mount it before
 * the routes and before what compresses.
 *
 * @example
 * ```ts
 * const responses = responseCache({ maxBytes: 128 * 1024 * 1024 });
 * app.use(responses);
 * app.get('/', (req, res) => {
 *   res.set('Cache-Control', 'public, max-age=60, stale-while-revalidate=600').render('home');
 * });
 * app.post('/admin/publish', (req, res) => {
 *   responses.cache.purgePrefix('/blog/');
 *   res.sendStatus(204);
 * });
 * ```
 * @throws TypeError or RangeError for a bad option.
 */
export function responseCache(options?: ResponseCacheOptions): ResponseCacheMiddleware {
  refuseUncalled('responseCache', options);
  const cache = new SharedCache(options);
  const responseCacheMiddleware: Middleware = (req, res, next) => {
    cache.handle(req, res, next);
  };
  return Object.assign(responseCacheMiddleware, { cache });
}
