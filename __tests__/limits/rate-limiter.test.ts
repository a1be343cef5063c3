import connect from 'connect';
import type { Application, Request, RequestHandler, Response } from 'express';
import { overHttp2 } from '../../lib/server/over-http2';
import { rateLimiter } from '../../lib/limits/rate-limiter';
import type { RateLimiterOptions } from '../../lib/limits/limiter-options';
import { expressVersions } from '../support/express-versions';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';
import { FakeClock } from './fake-clock';

let running: TestServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

const [, [, express4]] = expressVersions as unknown as [unknown, [number, () => Application]];
const [[, express5]] = expressVersions as unknown as [[number, () => Application]];
const http2 = transports.find(({ name }) => name === 'h2c')!;
const http1 = transports.find(({ name }) => name === 'HTTP/1.1')!;

type Options = RateLimiterOptions<Request, Response>;

/** Serves an app with the limiter in front; its clock stands still. */
async function serve(
  options: Options,
  {
    make = express5,
    transport = http2,
    routes,
  }: {
    make?: () => Application;
    transport?: typeof http2;
    routes?: (app: Application) => void;
  } = {},
) {
  const clock = new FakeClock();
  const limiter = rateLimiter<Request, Response>({ clock: clock.read, ...options });
  const app = make();
  app.use(limiter as RequestHandler);
  routes?.(app);
  app.get(
    '/',
    (req, res) => void res.json({ limited: (req as { rateLimit?: unknown }).rateLimit }),
  );
  app.get('/error', (_req, res) => void res.status(400).end());
  running = await transport.serve(overHttp2(app));
  return { ...running, clock, limiter };
}

const cases = [
  ['Express 5', express5],
  ['Express 4', express4],
] as const;

describe.each(cases)('rateLimiter in %s', (_name, make) => {
  it('counts a request whose headers have left, and sets none', async () => {
    const app = make();
    app.use((_req, res, next) => {
      res.write('early, ');
      next();
    });
    app.use(rateLimiter<Request, Response>({ standardHeaders: 'draft-8' }) as RequestHandler);
    app.get('/', (req, res) => {
      res.end(`${(req as { rateLimit?: { used: number } }).rateLimit?.used} used`);
    });
    running = await http2.serve(overHttp2(app));
    expect((await running.request('/')).body).toBe('early, 1 used');
  });

  it.each([
    ['HTTP/2', http2],
    ['HTTP/1.1', http1],
  ])('admits, refuses and admits again over %s', async (_protocol, transport) => {
    const { request, clock } = await serve(
      { limit: 2, windowMs: 60_000, standardHeaders: 'draft-8' },
      { make, transport },
    );
    const first = await request();
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': String(Math.ceil((clock.nowMs + 60_000) / 1000)),
      ratelimit: '"2-in-1min"; r=1; t=60',
      'ratelimit-policy': expect.stringMatching(/^"2-in-1min"; q=2; w=60; pk=:[\w+/]{16}:$/),
    });
    expect(first.headers['retry-after']).toBeUndefined();
    expect(first.json).toMatchObject({ limited: { limit: 2, used: 1, remaining: 1 } });
    clock.advance(15_000);
    await request();
    const refused = await request();
    expect(refused.status).toBe(429);
    expect(refused.body).toBe('Too many requests, please try again later.');
    expect(refused.headers).toMatchObject({
      'retry-after': '45',
      ratelimit: '"2-in-1min"; r=0; t=45',
    });
    clock.advance(45_000);
    expect((await request()).status).toBe(200);
  });
});

describe('rateLimiter', () => {
  it('works in Connect and answers JSON there, too', async () => {
    const app = connect();
    app.use(rateLimiter({ limit: 0, message: { error: 'slow down' } }));
    running = await http2.serve(overHttp2(app));
    const reply = await running.request();
    expect([reply.status, reply.json]).toEqual([429, { error: 'slow down' }]);
  });

  it.each([
    [
      'draft-6',
      {
        'ratelimit-policy': '5;w=60',
        'ratelimit-limit': '5',
        'ratelimit-remaining': '4',
        'ratelimit-reset': '60',
      },
    ],
    ['draft-7', { 'ratelimit-policy': '5;w=60', ratelimit: 'limit=5, remaining=4, reset=60' }],
  ] as const)('sends the headers of %s', async (standardHeaders, expected) => {
    const { request } = await serve({ standardHeaders, legacyHeaders: false });
    const { headers } = await request();
    expect(headers).toMatchObject(expected);
    expect(headers['x-ratelimit-limit']).toBeUndefined();
  });

  it('counts by key, cost and tier', async () => {
    const { request } = await serve({
      keyGenerator: (req) => String(req.headers['x-user']),
      limit: (req) => (req.headers['x-plan'] === 'pro' ? 100 : 10),
      cost: (req) => (req.path === '/search' ? 5 : 1),
    });
    const ask = async (user: string, path = '/', plan = 'free') =>
      (await request({ path, headers: { 'x-user': user, 'x-plan': plan } })).headers[
        'x-ratelimit-remaining'
      ];
    expect(await ask('ann')).toBe('9');
    expect(await ask('ann', '/search')).toBe('4');
    expect(await ask('bob')).toBe('9');
    expect(await ask('cyd', '/search', 'pro')).toBe('95');
  });

  it('counts by route when each has a limiter', async () => {
    const { request } = await serve(
      { limit: 100 },
      {
        routes: (app) => {
          app.get(
            '/login',
            rateLimiter({ limit: 1 }) as RequestHandler,
            (_req, res) => void res.end(),
          );
        },
      },
    );
    expect((await request('/login')).status).toBe(200);
    expect((await request('/login')).status).toBe(429);
    expect((await request('/')).status).toBe(200);
  });

  it('lets a burst through a bucket and blocks for the penalty', async () => {
    const { request, clock } = await serve({
      algorithm: 'token-bucket',
      limit: 60,
      burst: 3,
      penaltyMs: 10_000,
    });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await request()).status);
    clock.advance(5000);
    const blocked = await request();
    clock.advance(5000);
    const after = await request();
    expect([...statuses, blocked.status, after.status]).toEqual([200, 200, 200, 429, 429, 200]);
    expect(blocked.headers['retry-after']).toBe('5');
  });

  it('counts prefetches and prerenders apart', async () => {
    const { request } = await serve({ limit: 2, prefetchLimit: 1 });
    const prefetch = { headers: { 'sec-purpose': 'prefetch;prerender' } };
    expect((await request(prefetch)).status).toBe(200);
    expect((await request(prefetch)).status).toBe(429);
    expect((await request()).headers['x-ratelimit-remaining']).toBe('1');
  });

  it('counts prefetches as others when told so', async () => {
    const { request } = await serve({ limit: 1, prefetchLimit: false });
    await request({ headers: { 'sec-purpose': 'prefetch' } });
    expect((await request()).status).toBe(429);
  });

  it.each([
    ['failed', { skipFailedRequests: true }, '/error', '/'],
    ['successful', { skipSuccessfulRequests: true }, '/', '/error'],
  ])('gives %s requests back', async (_name, options, free, counted) => {
    const { request } = await serve({ limit: 2, ...options });
    for (let i = 0; i < 4; i++) expect((await request(free)).status).not.toBe(429);
    for (let i = 0; i < 2; i++) expect((await request(counted)).status).not.toBe(429);
    expect((await request(counted)).status).toBe(429);
    expect((await request(counted)).status).toBe(429);
  });

  it('judges success by requestWasSuccessful, which may take a while', async () => {
    const { request, limiter } = await serve({
      limit: 1,
      skipFailedRequests: true,
      keyGenerator: () => 'all',
      requestWasSuccessful: (req) => Promise.resolve(req.path !== '/'),
    });
    for (let i = 0; i < 3; i++) expect((await request('/')).status).toBe(200);
    expect((await request('/error')).status).toBe(400);
    expect((await request('/')).status).toBe(429);
    expect(await limiter.getKey('all')).toMatchObject({ totalHits: 1 });
    await limiter.resetKey('all');
    expect((await request('/')).status).toBe(200);
  });

  it('skips, hands over to the handler and forwards what they throw', async () => {
    const { request } = await serve(
      {
        limit: 0,
        skip: (req) => Promise.resolve(req.path === '/error'),
        handler: (_req, res, next, { statusCode }) => {
          if (statusCode === 429) next(Object.assign(new Error('enough'), { status: 420 }));
          else res.end();
        },
      },
      {
        routes: (app) =>
          app.use(
            ((error: Error & { status: number }, _req: Request, res: Response, _next: unknown) =>
              void res.status(error.status).send(error.message)) as never,
          ),
      },
    );
    expect((await request('/error')).status).toBe(400);
    expect(await request('/')).toMatchObject({ status: 420, body: 'enough' });
  });

  it('answers 500 when its callbacks fail, and does not let the request pass', async () => {
    const { request } = await serve({
      keyGenerator: () => Promise.reject(new Error('no key')),
    });
    expect((await request()).status).toBe(500);
  });

  it.each([
    [{ limit: 'many' }, /limit must be an integer from 0 to 2147483647 or a function, got 'many'/],
    [{ windowMS: 5 }, /unknown option 'windowMS'; did you mean windowMs\?/],
    [{ standardHeaders: 'draft-5' }, /standardHeaders must be a boolean or one of 'draft-6'/],
    [{ ipv6Subnet: 48.5 }, /ipv6Subnet must be an integer from 32 to 64/],
    [{ store: {} }, /store must be a store of express-rate-limit/],
    [{ limit: () => 1, algorithm: 'sliding-log' }, /'sliding-log' needs a limit that is a number/],
  ])('refuses %j', (options, message) => {
    expect(() => rateLimiter(options as never)).toThrow(message);
  });
});
