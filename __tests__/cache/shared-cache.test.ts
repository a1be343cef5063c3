import type { Application, Response } from 'express';
import { setImmediate as turn } from 'node:timers/promises';
import { SharedCache } from '../../lib/cache/shared-cache';
import { transports } from '../support/transports';
import { CachedSite, h2c, statusOf } from './cached-site';

const share = 'public, max-age=60';

async function open(
  routes: (app: Application) => void,
  options: Parameters<typeof CachedSite.open>[0]['options'] = {},
): Promise<CachedSite> {
  return CachedSite.open({ routes, options });
}

describe('purging', () => {
  let site: CachedSite;

  beforeEach(async () => {
    site = await open((app) => {
      app.get('/*path', (req, res) => {
        res.vary('Accept-Language').set('Cache-Control', share);
        res.set('Cache-Tag', `page, of${req.path.replaceAll('/', '-')}`).send('page');
      });
      app.all('/*path', (req, res) => {
        const { status = '200', location } = req.query as Record<string, string>;
        if (location !== undefined) res.set('Location', location);
        res.status(Number(status)).end();
      });
    });
    for (const path of ['/a', '/a?x=1', '/a/b', '/c']) await site.ask(path);
    await site.ask({ path: '/a', headers: { 'accept-language': 'de' } });
  });
  afterEach(() => site.close());

  const stored = async (path: string) => {
    const reply = await site.ask({ path, headers: { 'cache-control': 'only-if-cached' } });
    return reply.status === 200;
  };

  it('by URL deletes every variant of it', async () => {
    expect(site.cache.purge('/a')).toBe(2);
    expect(await stored('/a')).toBe(false);
    expect(await stored('/a?x=1')).toBe(true);
    expect(site.cache.stats).toMatchObject({ entries: 3, purged: 2 });
  });

  it('by absolute URL deletes that of one host', async () => {
    expect(site.cache.purge('http://other.test/a')).toBe(0);
    expect(site.cache.purge(`http://${site.host}/a`)).toBe(2);
  });

  it('by prefix deletes what begins with it', async () => {
    expect(site.cache.purgePrefix('/a')).toBe(4);
    expect(await stored('/c')).toBe(true);
  });

  it('by tag deletes what named it', async () => {
    expect(site.cache.purgeTag('of-a-b')).toBe(1);
    expect(site.cache.purgeTag('none')).toBe(0);
    expect(site.cache.purgeTag('page')).toBe(4);
    expect(site.cache.stats.entries).toBe(0);
  });

  it('clears everything', async () => {
    site.cache.clear();
    expect(site.cache.stats).toMatchObject({ entries: 0, bytes: 0, purged: 5 });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('happens after %s', async (method) => {
    await site.ask({ path: '/a', method });
    expect(await stored('/a')).toBe(false);
    expect(await stored('/c')).toBe(true);
  });

  it.each(['OPTIONS', 'HEAD'])('does not happen after %s', async (method) => {
    await site.ask({ path: '/a', method });
    expect(await stored('/a')).toBe(true);
  });

  it('does not happen after what failed', async () => {
    await site.ask({ path: '/a?status=500', method: 'POST' });
    await site.ask({ path: '/a?x=1', method: 'POST', headers: {} });
    expect(await stored('/a')).toBe(true);
    expect(await stored('/a?x=1')).toBe(false);
  });

  it('reaches what the response names, on the same host', async () => {
    await site.ask({ path: '/post?location=/c', method: 'POST' });
    expect(await stored('/c')).toBe(false);
    await site.ask('/c');
    await site.ask({ path: '/post?location=http://other.test/c', method: 'POST' });
    await site.ask({ path: '/post?location=http://[', method: 'POST' });
    expect(await stored('/c')).toBe(true);
  });
});

describe('a response that is under way', () => {
  it.each<[string, (cache: SharedCache) => unknown]>([
    ['its URL', (cache) => cache.purge('/page')],
    ['a prefix', (cache) => cache.purgePrefix('/')],
    ['a tag', (cache) => cache.purgeTag('news')],
    ['everything', (cache) => cache.clear()],
  ])('is not stored when %s is purged meanwhile', async (_, purge) => {
    const held: Response[] = [];
    const site = await open((app) => void app.get('/page', (_req, res) => void held.push(res)));
    const reply = site.ask('/page');
    while (held.length === 0) await turn();
    held[0]?.set({ 'Cache-Control': share, 'Cache-Tag': 'news' }).write('old');
    purge(site.cache);
    held[0]?.end();
    expect((await reply).body).toBe('old');
    expect(site.cache.stats.entries).toBe(0);
    await site.close();
  });

  it('is stored when another tag is purged', async () => {
    const held: Response[] = [];
    const site = await open((app) => void app.get('/page', (_req, res) => void held.push(res)));
    const reply = site.ask('/page');
    while (held.length === 0) await turn();
    held[0]?.set({ 'Cache-Control': share, 'Cache-Tag': 'news' }).write('old');
    site.cache.purgeTag('sports');
    held[0]?.end();
    await reply;
    expect(site.cache.stats.entries).toBe(1);
    await site.close();
  });
});

describe('what is not whole', () => {
  it.each<[string, (res: Response) => void]>([
    [
      'a shorter body than announced',
      (res) => {
        res.set({ 'Cache-Control': share, 'Content-Length': '10' });
        res.write('short');
        res.end();
      },
    ],
    [
      'a response that is broken off',
      (res) => {
        res.set('Cache-Control', share).write('half');
        setImmediate(() => res.destroy());
      },
    ],
    [
      'announced trailers',
      (res) => {
        res.set({ 'Cache-Control': share, Trailer: 'X-Sum' });
        res.write('body');
        res.addTrailers({ 'X-Sum': '1' });
        res.end();
      },
    ],
    [
      'a body longer than the limit',
      (res) => void res.set('Cache-Control', share).end('x'.repeat(2000)),
    ],
    [
      'a streamed body longer than the limit',
      (res) => {
        res.set('Cache-Control', share);
        for (let i = 0; i < 20; i++) res.write('x'.repeat(100));
        res.end();
      },
    ],
    [
      'a part',
      (res) =>
        void res
          .status(206)
          .set({ 'Cache-Control': share, 'Content-Range': 'bytes 0-1/4' })
          .end('ab'),
    ],
  ])('is not stored: %s', async (_, answer) => {
    for (const transport of transports) {
      const site = await CachedSite.open({
        transport,
        routes: (app) => void app.get('/page', (_req, res) => answer(res)),
        options: { maxEntryBytes: 1000 },
      });
      for (let i = 0; i < 2; i++) {
        await site.ask('/page').then(statusOf, () => undefined);
      }
      expect(site.asked).toHaveLength(2);
      expect(site.cache.stats).toMatchObject({ entries: 0, stored: 0 });
      await site.close();
    }
  });
});

describe('event streams', () => {
  it('pass byte by byte', async () => {
    const site = await open((app) => {
      app.get('/events', (_req, res) => {
        res.set('Cache-Control', share).type('text/event-stream');
        res.write('data: 1\n\n');
        events = res;
      });
    });
    let events: Response | undefined;
    const { body } = await site.open({ path: '/events' }).head;
    const chunks = body[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe('data: 1\n\n');
    events?.write('data: 2\n\n');
    expect(String((await chunks.next()).value)).toBe('data: 2\n\n');
    events?.end();
    expect((await chunks.next()).done).toBe(true);
    expect(site.cache.stats.entries).toBe(0);
    await site.close();
  });
});

describe('the limit', () => {
  it('puts out what was used least recently', async () => {
    const site = await open(
      (app) => {
        app.get(
          '/:page',
          (_req, res) => void res.set('Cache-Control', share).send('x'.repeat(1000)),
        );
      },
      { maxBytes: 8000 },
    );
    for (const path of ['/1', '/2', '/3', '/1', '/4', '/5']) await site.ask(path);
    const { bytes, entries, evicted } = site.cache.stats;
    expect(bytes).toBeLessThanOrEqual(8000);
    expect(entries + evicted).toBe(5);
    expect(evicted).toBeGreaterThan(0);
    expect(statusOf(await site.ask('/2'))).not.toMatch(/hit/);
    await site.close();
  });

  it('holds for a flood of URLs and of variants', async () => {
    const site = await open(
      (app) => {
        app.get(
          '/*path',
          (_req, res) => void res.vary('X-A').set('Cache-Control', share).send('page'),
        );
      },
      { maxBytes: 50_000 },
    );
    for (let i = 0; i < 300; i++) {
      await site.ask({ path: i % 2 === 0 ? `/${i}` : '/same', headers: { 'x-a': `${i}` } });
    }
    expect(site.cache.stats.bytes).toBeLessThanOrEqual(50_000);
    expect(site.cache.stats.evicted).toBeGreaterThan(100);
    await site.close();
  });
});

describe('lookup', () => {
  it('shows what is stored, by variant and host, without counting as a use', async () => {
    const site = await open((app) => {
      app.get('/page', (req, res) => {
        res
          .vary('Accept-Language')
          .set('Cache-Control', share)
          .send(req.get('accept-language') ?? 'none');
      });
    });
    expect(site.cache.lookup('/page')).toBeUndefined();
    await site.ask({ path: '/page', headers: { 'accept-language': 'de' } });
    site.runtime.advance(61);
    expect(site.cache.lookup('/page')).toBeUndefined();
    const found = site.cache.lookup('/page', { 'accept-language': 'de', host: site.host });
    expect(found).toMatchObject({ status: 200, isFresh: false, ageSeconds: 61 });
    expect(String(found?.body)).toBe('de');
    expect(found?.headers['content-length']).toBe('2');
    expect(site.cache.lookup('/page', { 'accept-language': 'de', host: 'b.test' })).toBeUndefined();
    expect(site.cache.lookup(`http://${site.host}/page`, { 'accept-language': 'de' })?.body).toBe(
      found?.body,
    );
    await site.close();
  });
});

describe('two caches in one app', () => {
  it('do not disturb each other', async () => {
    const inner = new SharedCache();
    const site = await CachedSite.open({
      transport: h2c,
      routes: (app) => {
        app.use((req, res, next) => inner.handle(req, res, next));
        app.get('/page', (_req, res) => void res.set('Cache-Control', share).send('page'));
      },
    });
    await site.ask('/page');
    expect((await site.ask('/page')).body).toBe('page');
    await site.close();
    inner.clear();
  });
});

it('refuses wrong options', () => {
  expect(() => new SharedCache({ maxBytes: 0 })).toThrow(RangeError);
  expect(() => new SharedCache({ maxByte: 1 } as never)).toThrow(/did you mean maxBytes/);
});
