import express from 'express';
import type { Request, RequestHandler } from 'express';
import { createServer, ipKeyGenerator, rateLimiter } from 'headstart';

const planLimits: Readonly<Record<string, number>> = { free: 10, pro: 100 };

/** By API key, or by address without one; searches cost more, and a plan allows more. */
const api = rateLimiter<Request>({
  windowMs: 60_000,
  limit: (req) => planLimits[req.get('x-plan') ?? 'free'] ?? 10,
  cost: (req) => (req.path === '/search' ? 5 : 1),
  keyGenerator: (req) => req.get('x-api-key') ?? ipKeyGenerator(req.ip ?? ''),
  standardHeaders: 'draft-8',
  legacyHeaders: false,
});

/** Three failed logins, then ten minutes of rest. Logins that succeed do not count. */
const logins = rateLimiter({
  limit: 3,
  penaltyMs: 600_000,
  skipSuccessfulRequests: true,
  message: { error: 'too many logins failed' },
});

export function createApp(): express.Application {
  const app = express();
  app.use('/api', api as RequestHandler);
  app.get('/api/items', (_req, res) => void res.json(['cup', 'plate']));
  app.get('/api/search', (req, res) => void res.json({ found: req.query['q'] }));
  app.post('/login', logins as RequestHandler, express.json(), (req, res) => {
    const { password } = req.body as { password?: string };
    res.status(password === 'open sesame' ? 200 : 401).end();
  });
  return app;
}

if (require.main === module) {
  const limits = { streamsPerSecond: 100, headerBytesPerSecond: 100_000 };
  createServer(createApp(), limits).listen(8443, () => console.log('https://localhost:8443/'));
}
