import { createServer } from 'node:http';
import express from 'express';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { rateLimiter } from 'headstart';
import { serveMeasured } from './measured-server';

const options = { limit: 1_000_000_000, windowMs: 60_000 };

/** The same headers, and nothing decided: what no limiter that tells of itself can save. */
const headersAlone: RequestHandler = (_req, res, next) => {
  res.setHeader('X-RateLimit-Limit', '1000000000');
  res.setHeader('X-RateLimit-Remaining', '999999999');
  res.setHeader('X-RateLimit-Reset', '1764000000');
  next();
};

const limiters: Record<string, () => RequestHandler | undefined> = {
  plain: () => undefined,
  'headers-alone': () => headersAlone,
  headstart: () => rateLimiter(options) as RequestHandler,
  'headstart-draft-8': () =>
    rateLimiter({ ...options, standardHeaders: 'draft-8' }) as RequestHandler,
  'express-rate-limit': () => rateLimit(options),
  'express-rate-limit-draft-8': () => rateLimit({ ...options, standardHeaders: 'draft-8' }),
};

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const limiter = limiters[process.argv[2] ?? '']?.();
if (limiter !== undefined) app.use(limiter);
app.get('/', (_req, res) => void res.end('ok'));
serveMeasured(createServer(app));
