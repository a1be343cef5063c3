import { channel } from 'node:diagnostics_channel';
import express from 'express';
import type { RequestHandler } from 'express';
import { rateLimiter } from '../../lib/limits/rate-limiter';
import type { RateLimiterOptions } from '../../lib/limits/limiter-options';
import { overHttp2 } from '../../lib/server/over-http2';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';
import { FakeClock } from './fake-clock';

const http1 = transports.find(({ name }) => name === 'HTTP/1.1')!;

let running: TestServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function serve(options: RateLimiterOptions): Promise<TestServer> {
  const app = express();
  app.use(rateLimiter(options) as RequestHandler);
  app.get('/', (_req, res) => void res.send('ok'));
  running = await http1.serve(overHttp2(app));
  return running;
}

/** Counts in a map, as stores before version 6 did. */
class LegacyStore {
  readonly hits = new Map<string, number>();
  incr(key: string, done: (error: undefined, hits: number, reset: Date | undefined) => void): void {
    const hits = (this.hits.get(key) ?? 0) + 1;
    this.hits.set(key, hits);
    done(undefined, hits, undefined);
  }
  decrement(key: string): void {
    this.hits.set(key, (this.hits.get(key) ?? 0) - 1);
  }
  resetKey(key: string): void {
    this.hits.delete(key);
  }
}

const failing = () => ({
  init: () => Promise.reject(new Error('no start')),
  increment: () => Promise.reject(new Error('no count')),
  decrement: () => {},
  resetKey: () => {},
});

describe('a limiter with a store', () => {
  it('counts in a store of the old interface and gives hits back', async () => {
    const store = new LegacyStore();
    const { request } = await serve({ store, limit: 2, keyGenerator: () => 'all' });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await request()).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(store.hits.get('all')).toBe(3);
  });

  it('hands its options to the store and its key functions to the app', async () => {
    let seen: RateLimiterOptions | undefined;
    const store = {
      init: (options: RateLimiterOptions) => void (seen = options),
      increment: () => ({ totalHits: 1, resetTime: undefined }),
      decrement: () => {},
      resetKey: () => {},
      get: (key: string) => ({ totalHits: key.length, resetTime: undefined }),
    };
    const limiter = rateLimiter({ store: store as never, max: 7, windowMs: 1000 });
    expect(seen).toMatchObject({ limit: 7, windowMs: 1000 });
    expect(await limiter.getKey('abc')).toEqual({ totalHits: 3, resetTime: undefined });
    expect(() => rateLimiter({ store: new LegacyStore() }).getKey('a')).toThrow(TypeError);
  });

  it('tells how long it takes from when the store has answered, not from when it was asked', async () => {
    const clock = new FakeClock();
    const store = {
      increment: () => {
        const resetTime = new Date(clock.nowMs + 3000);
        clock.advance(1500);
        return Promise.resolve({ totalHits: 1, resetTime });
      },
      decrement: () => {},
      resetKey: () => {},
    };
    const { request } = await serve({ store, clock: clock.read, standardHeaders: 'draft-6' });
    expect((await request()).headers['ratelimit-reset']).toBe('2');
  });

  it('publishes what its store fails with, and passes only when told so', async () => {
    const errors: string[] = [];
    const hear = (message: unknown) =>
      void errors.push((message as { error: Error }).error.message);
    channel('headstart:failure').subscribe(hear);
    const strict = await serve({ store: failing() });
    expect((await strict.request()).status).toBe(500);
    await strict.close();
    const lenient = await serve({ store: failing(), passOnStoreError: true });
    expect((await lenient.request()).status).toBe(200);
    channel('headstart:failure').unsubscribe(hear);
    expect(errors).toEqual(['no start', 'no start', 'no count']);
  });

  it('refuses options that the store would not follow', () => {
    const store = new LegacyStore();
    expect(() => rateLimiter({ store, cost: 2 })).toThrow(/cost does not go with a store/);
    expect(() => rateLimiter({ store, penaltyMs: 5 })).toThrow(/penaltyMs does not go with/);
  });
});
