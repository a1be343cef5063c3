import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { rateLimiter } from 'headstart';

const options = { limit: 1_000_000_000, windowMs: 60_000 };
const bare = { ...options, legacyHeaders: false };
const draft8 = { ...bare, standardHeaders: 'draft-8' } as const;

/** The same headers, and nothing decided: what no limiter that tells of itself can save. */
const headersAlone: RequestHandler = (_req, res, next) => {
  res.setHeader('X-RateLimit-Limit', '1000000000');
  res.setHeader('X-RateLimit-Remaining', '999999999');
  res.setHeader('X-RateLimit-Reset', '1764000000');
  next();
};

/** Limiters in an app, by name; the first is none. */
export const limiters: Readonly<Record<string, () => RequestHandler | undefined>> = {
  plain: () => undefined,
  'a middleware that calls next': () => (_req, _res, next) => next(),
  'headers alone': () => headersAlone,
  headstart: () => rateLimiter(options) as RequestHandler,
  'express-rate-limit': () => rateLimit(options),
  'headstart, no headers': () => rateLimiter(bare) as RequestHandler,
  'express-rate-limit, no headers': () => rateLimit(bare),
  'headstart, draft 8': () => rateLimiter(draft8) as RequestHandler,
  'express-rate-limit, draft 8': () => rateLimit(draft8),
};
