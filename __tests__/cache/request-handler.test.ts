import type { Response } from 'express';
import { setImmediate as turn } from 'node:timers/promises';
import { expressVersions } from '../support/express-versions';
import { transports } from '../support/transports';
import { CachedSite, statusOf } from './cached-site';

const share = 'public, max-age=60';

/** Responses that the app has begun and the test ends. */
class Held {
  readonly responses: Response[] = [];
  readonly hold = (_req: unknown, res: Response): void => void this.responses.push(res);
  take(): Response {
    const res = this.responses.shift();
    if (res === undefined) throw new Error('the app has not been asked');
    return res;
  }
}

/** Resolves once the cache has seen as many requests wait. */
async function untilWaiting(site: CachedSite, count: number): Promise<void> {
  while (site.runtime.pending < count) await turn();
}

async function untilAsked(site: CachedSite, count: number): Promise<void> {
  while (site.asked.length < count) await turn();
}

describe.each(transports)('single flight over $name', (transport) => {
  let site: CachedSite;
  let held: Held;

  beforeEach(async () => {
    held = new Held();
    site = await CachedSite.open({
      transport,
      routes: (app) => void app.get('/*path', held.hold),
      options: { maxEntryBytes: 10_000, maxWaitMs: 1000 },
    });
  });
  afterEach(() => site.close());

  it('asks the app once for many', async () => {
    const replies = Array.from({ length: 8 }, () => site.ask('/page'));
    await untilWaiting(site, 7);
    held.take().set('Cache-Control', share).send('page');
    const all = await Promise.all(replies);
    expect(all.map(({ body }) => body)).toEqual(Array(8).fill('page'));
    expect(site.asked).toEqual(['GET /page']);
    expect(all.map(statusOf).filter((status) => status.endsWith('collapsed'))).toHaveLength(7);
    expect(site.runtime.pending).toBe(0);
    expect(site.cache.stats).toMatchObject({ misses: 1, collapsed: 7, hits: 7 });
  });

  it.each([
    ['may not be stored', (res: Response) => res.set('Cache-Control', 'private').send('mine')],
    ['is an error', (res: Response) => res.status(500).send('broken')],
    ['is too long', (res: Response) => res.set('Cache-Control', share).send('x'.repeat(20_000))],
  ])('lets everybody go side by side when the response %s', async (_, answer) => {
    const replies = [site.ask('/page'), site.ask('/page'), site.ask('/page')];
    await untilWaiting(site, 2);
    answer(held.take());
    await untilAsked(site, 3);
    answer(held.take());
    answer(held.take());
    const bodies = new Set((await Promise.all(replies)).map(({ body }) => body));
    expect(bodies.size).toBe(1);
  });

  it('lets everybody go as soon as the head says that it cannot be stored', async () => {
    const first = site.open({ path: '/events' });
    await untilAsked(site, 1);
    const second = site.open({ path: '/events' });
    await untilWaiting(site, 1);
    const leading = held.take();
    leading.type('text/event-stream').write('data: 1\n\n');
    await untilAsked(site, 2);
    held.take().type('text/event-stream').end('data: 2\n\n');
    leading.end();
    for (const exchange of [first, second]) (await exchange.head).body.resume();
    expect(site.cache.stats.entries).toBe(0);
  });

  it('does not wait again for what could not be stored a moment ago', async () => {
    const first = site.ask('/mine');
    await untilAsked(site, 1);
    held.take().set('Cache-Control', 'private').send('mine');
    await first;
    const replies = [site.ask('/mine'), site.ask('/mine')];
    await untilAsked(site, 3);
    expect(site.runtime.pending).toBe(0);
    for (const res of held.responses) res.send('mine');
    await Promise.all(replies);
  });

  it('puts another in the place of a client that leaves', async () => {
    const leader = site.open({ path: '/page' });
    await untilAsked(site, 1);
    const replies = [site.ask('/page'), site.ask('/page')];
    await untilWaiting(site, 2);
    leader.abort();
    await untilAsked(site, 2);
    held.responses.pop()?.set('Cache-Control', share).send('page');
    const bodies = (await Promise.all(replies)).map(({ body }) => body);
    expect(bodies).toEqual(['page', 'page']);
    expect(site.asked).toHaveLength(2);
  });

  it('stores nothing of a client that leaves in the middle of a body', async () => {
    const leader = site.open({ path: '/page' });
    await untilAsked(site, 1);
    const waiting = site.ask('/page');
    await untilWaiting(site, 1);
    held.take().set('Cache-Control', share).write('half of ');
    (await leader.head).body.on('error', () => undefined);
    leader.abort();
    await untilAsked(site, 2);
    held.take().set('Cache-Control', share).send('a whole page');
    expect((await waiting).body).toBe('a whole page');
    expect((await site.ask('/page')).body).toBe('a whole page');
  });

  it('waits no longer than allowed', async () => {
    const first = site.ask('/slow');
    await untilAsked(site, 1);
    const second = site.ask('/slow');
    await untilWaiting(site, 1);
    site.runtime.advance(1);
    await untilAsked(site, 2);
    for (const res of held.responses) res.set('Cache-Control', share).send('slow');
    expect((await first).body).toBe('slow');
    expect(statusOf(await second)).toBe('headstart; fwd=uri-miss; stored');
  });

  it('lets nobody wait for what somebody has waited for in vain', async () => {
    const first = site.ask('/slow');
    await untilAsked(site, 1);
    const second = site.ask('/slow');
    await untilWaiting(site, 1);
    site.runtime.advance(1);
    await untilAsked(site, 2);
    const third = site.ask('/slow');
    await untilAsked(site, 3);
    for (const res of held.responses) res.set('Cache-Control', share).send('slow');
    await Promise.all([first, second, third]);
    expect((await site.ask('/slow')).body).toBe('slow');
    expect(site.asked).toHaveLength(3);
  });

  it('does not take a 304 for a sign that the whole could not be stored', async () => {
    const known = site.ask({ path: '/page', headers: { 'if-none-match': '"a"' } });
    await untilAsked(site, 1);
    held.take().status(304).end();
    await known;
    const replies = [site.ask('/page'), site.ask('/page')];
    await untilWaiting(site, 1);
    held.take().set('Cache-Control', share).send('page');
    await Promise.all(replies);
    expect(site.asked).toHaveLength(2);
  });

  it('forgets who leaves while waiting', async () => {
    const first = site.ask('/page');
    await untilAsked(site, 1);
    const leaving = site.open({ path: '/page' });
    await untilWaiting(site, 1);
    leaving.abort();
    held.take().set('Cache-Control', share).send('page');
    await first;
    expect((await site.ask('/page')).body).toBe('page');
    expect(site.asked).toEqual(['GET /page']);
  });

  it('gives a response to those only whom it suits', async () => {
    const german = site.ask({ path: '/page', headers: { 'accept-language': 'de' } });
    await untilAsked(site, 1);
    const english = site.ask({ path: '/page', headers: { 'accept-language': 'en' } });
    await untilWaiting(site, 1);
    held.take().vary('Accept-Language').set('Cache-Control', share).send('Hallo');
    await untilAsked(site, 2);
    held.take().vary('Accept-Language').set('Cache-Control', share).send('Hello');
    expect((await german).body).toBe('Hallo');
    expect((await english).body).toBe('Hello');
  });

  it('does not let those without cookies wait for those with', async () => {
    const mine = site.ask({ path: '/page', headers: { cookie: 'a=1' } });
    await untilAsked(site, 1);
    const everybodys = site.ask('/page');
    await untilAsked(site, 2);
    held.take().set('Cache-Control', 'private').send('mine');
    held.take().set('Cache-Control', share).send('for all');
    expect((await mine).body).toBe('mine');
    expect((await everybodys).body).toBe('for all');
  });
});

describe.each(expressVersions)('what a client says of caches, on Express %d', (_, copy) => {
  let site: CachedSite;
  let version = 0;

  beforeAll(async () => {
    site = await CachedSite.open({
      copy,
      routes: (app) => {
        app.get('/page', (_req, res) => {
          res.set('Cache-Control', 'max-age=60').send(`version ${++version}`);
        });
        app.get('/strict', (_req, res) => {
          res.set('Cache-Control', 'max-age=60, must-revalidate').send(`version ${++version}`);
        });
      },
    });
  });
  beforeEach(() => {
    site.cache.clear();
    version = 0;
  });
  afterAll(() => site.close());

  const ask = (control: string, path = '/page') =>
    site.ask({ path, headers: { 'cache-control': control } });

  it.each(['no-cache', 'No-Cache', 'max-age=0'])('%s: the app is asked', async (control) => {
    await site.ask('/page');
    site.runtime.advance(1);
    const reply = await ask(control);
    expect(reply.body).toBe('version 2');
    expect(statusOf(reply)).toBe('headstart; fwd=request; fwd-status=200');
    expect((await site.ask('/page')).body).toBe('version 2');
  });

  it('pragma: no-cache is understood', async () => {
    await site.ask('/page');
    const reply = await site.ask({ path: '/page', headers: { pragma: 'no-cache' } });
    expect(reply.body).toBe('version 2');
  });

  it('max-age: what is older is asked for', async () => {
    await site.ask('/page');
    site.runtime.advance(10);
    expect((await ask('max-age=20')).body).toBe('version 1');
    expect((await ask('max-age=5')).body).toBe('version 2');
  });

  it('min-fresh: what is fresh for less time is asked for', async () => {
    await site.ask('/page');
    site.runtime.advance(50);
    expect((await ask('min-fresh=5')).body).toBe('version 1');
    expect((await ask('min-fresh=20')).body).toBe('version 2');
  });

  it('max-stale: what is stale will do', async () => {
    await site.ask('/page');
    site.runtime.advance(70);
    const reply = await ask('max-stale=20');
    expect(reply.body).toBe('version 1');
    expect(statusOf(reply)).toBe('headstart; hit; ttl=-10');
    expect((await ask('max-stale')).body).toBe('version 1');
    expect((await ask('max-stale=5')).body).toBe('version 2');
  });

  it('max-stale does not help against must-revalidate', async () => {
    await site.ask('/strict');
    site.runtime.advance(70);
    expect((await ask('max-stale', '/strict')).body).toBe('version 2');
  });

  it('only-if-cached: 504 when nothing is there', async () => {
    expect((await ask('only-if-cached')).status).toBe(504);
    await site.ask('/page');
    expect((await ask('only-if-cached')).body).toBe('version 1');
    site.runtime.advance(70);
    expect((await ask('only-if-cached')).status).toBe(504);
    expect(version).toBe(1);
  });

  it('no-store: nothing is stored', async () => {
    expect(statusOf(await ask('no-store'))).toBe('headstart; fwd=bypass');
    expect((await site.ask('/page')).body).toBe('version 2');
  });

  it('a request that must not be answered for another version goes to the app', async () => {
    await site.ask('/page');
    const reply = await site.ask({ path: '/page', headers: { 'if-match': '"x"' } });
    expect(statusOf(reply)).toBe('headstart; fwd=bypass');
  });
});
