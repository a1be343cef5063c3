import type { RequestHandler } from 'express';
import express from 'express';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { RedisStore } from 'rate-limit-redis';
import { createClient } from 'redis';
import { overHttp2, rateLimiter } from '../../lib/index';

/** One process of a fleet: counts in the Redis at the port of its first argument. */
async function main(redisPort = ''): Promise<void> {
  const client = createClient({ url: `redis://127.0.0.1:${redisPort}`, disableOfflineQueue: true });
  client.on('error', () => {});
  await client.connect();
  const store = new RedisStore({ sendCommand: (...command) => client.sendCommand(command) });
  const app = express();
  app.use(
    rateLimiter({
      limit: 6,
      windowMs: 60_000,
      store,
      passOnStoreError: process.argv[3] === 'pass',
      keyGenerator: (req) => String(req.headers['x-user']),
    }) as RequestHandler,
  );
  app.get('/', (_req, res) => void res.send('ok'));
  const server = createServer(overHttp2(app));
  server.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port);
  });
  process.on('disconnect', () => process.exit());
}

void main(process.argv[2]);
