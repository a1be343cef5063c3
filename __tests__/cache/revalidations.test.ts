import type { Request, Response } from 'express';
import { setImmediate as turn } from 'node:timers/promises';
import { isInternal } from '../../lib/util/internal-request';
import { expressVersions } from '../support/express-versions';
import { transports } from '../support/transports';
import { CachedSite, statusOf } from './cached-site';

/** What the app under test answers; tests change it. */
interface Script {
  control: string;
  body: string;
  status: number;
  etag?: string | undefined;
}

const settled = async (site: CachedSite, count: number) => {
  while (site.cache.stats.revalidations < count) await turn();
  await turn();
};

describe.each(expressVersions)('revalidation on Express %d', (_, copy) => {
  describe.each(transports)('over $name', (transport) => {
    let site: CachedSite;
    let script: Script;
    let seen: Request[];
    let from: { ip?: string | undefined; port?: number | undefined; isOwn: boolean }[];

    beforeEach(async () => {
      seen = [];
      from = [];
      script = { control: 'max-age=60', body: 'one', status: 200 };
      site = await CachedSite.open({
        transport,
        copy,
        options: { revalidateMs: 1000 },
        before: [
          (req, _res, next) => {
            from.push({ ip: req.ip, port: req.socket.remotePort, isOwn: isInternal(req) });
            next();
          },
        ],
        routes: (app) => {
          app.get('/page', (req: Request, res: Response) => {
            seen.push(req);
            const { control, body, status, etag } = script;
            if (etag !== undefined) res.set('ETag', etag);
            res.vary('Accept-Language');
            res.status(status).set('Cache-Control', control).set('X-Version', body).send(body);
          });
        },
      });
    });
    afterEach(() => site.close());

    it('keeps a body that is still good, with the headers of the 304', async () => {
      script.etag = '"same"';
      await site.ask('/page');
      site.runtime.advance(61);
      script.body = 'two';
      const reply = await site.ask('/page');
      expect(statusOf(reply)).toBe('headstart; fwd=stale; fwd-status=304');
      expect([reply.status, reply.body, reply.headers['x-version']]).toEqual([200, 'one', 'two']);
      expect(reply.headers['content-length']).toBe('3');
      expect(statusOf(await site.ask('/page'))).toBe('headstart; hit; ttl=60');
      expect(seen).toHaveLength(2);
      expect(site.cache.stats).toMatchObject({ revalidated: 1, entries: 1 });
    });

    it('takes a new body', async () => {
      await site.ask('/page');
      site.runtime.advance(61);
      script.body = 'two';
      const reply = await site.ask('/page');
      expect(statusOf(reply)).toBe('headstart; fwd=stale; fwd-status=200');
      expect(reply.body).toBe('two');
      expect((await site.ask('/page')).body).toBe('two');
      expect(seen).toHaveLength(2);
    });

    it('answers a client that has it with 304', async () => {
      const first = await site.ask('/page');
      site.runtime.advance(61);
      const etag = first.headers['etag'];
      const reply = await site.ask({ path: '/page', headers: { 'if-none-match': etag } });
      expect([reply.status, reply.body]).toEqual([304, '']);
    });

    it('sends the app nothing of the client but what is a part of the key', async () => {
      const first = { 'accept-language': 'de', cookie: 'a=1', 'x-evil': '1' };
      script.control = 'public, max-age=60';
      await site.ask({ path: '/page', headers: first });
      site.runtime.advance(61);
      await site.ask({ path: '/page', headers: { ...first, 'x-evil': '2' } });
      const [, own] = seen;
      expect(own === undefined ? false : isInternal(own)).toBe(true);
      expect(own?.headers).toEqual({
        host: site.host,
        'accept-language': 'de',
        'if-none-match': expect.stringMatching(/^W\//) as string,
      });
      expect(own?.secure).toBe(transport.isSecure);
    });

    it('asks from the address of the client that caused it', async () => {
      await site.ask('/page');
      site.runtime.advance(61);
      await site.ask('/page');
      const [, cause, own] = from;
      expect(cause?.port).toBeGreaterThan(0);
      expect(own).toEqual({ ...cause, isOwn: true });
    });

    it('asks once for all who wait', async () => {
      await site.ask('/page');
      site.runtime.advance(61);
      script.body = 'two';
      const replies = await Promise.all([1, 2, 3, 4].map(() => site.ask('/page')));
      expect(replies.map(({ body }) => body)).toEqual(Array(4).fill('two'));
      expect(seen).toHaveLength(2);
    });

    it('sends what is stale at once where that is allowed, and asks behind the scenes', async () => {
      script.control = 'max-age=60, stale-while-revalidate=60';
      await site.ask('/page');
      site.runtime.advance(70);
      script.body = 'two';
      const stale = await site.ask('/page');
      expect([stale.body, statusOf(stale)]).toEqual(['one', 'headstart; hit; ttl=-10']);
      await settled(site, 1);
      expect((await site.ask('/page')).body).toBe('two');
      site.runtime.advance(200);
      script.body = 'three';
      expect((await site.ask('/page')).body).toBe('three');
    });

    it('does not send what is stale against must-revalidate', async () => {
      script.control = 'max-age=60, must-revalidate, stale-while-revalidate=60';
      await site.ask('/page');
      site.runtime.advance(70);
      script.body = 'two';
      expect((await site.ask('/page')).body).toBe('two');
    });

    it.each([500, 502, 503, 504])('sends what is stale instead of a %d', async (status) => {
      script.control = 'max-age=60, stale-if-error=60';
      await site.ask('/page');
      site.runtime.advance(70);
      Object.assign(script, { status, body: 'broken' });
      const reply = await site.ask('/page');
      expect([reply.status, reply.body]).toEqual([200, 'one']);
      site.runtime.advance(60);
      expect((await site.ask('/page')).status).toBe(status);
    });

    it('shows the error where nothing stale may be sent', async () => {
      await site.ask('/page');
      site.runtime.advance(61);
      Object.assign(script, { status: 500, body: 'broken' });
      const reply = await site.ask('/page');
      expect([reply.status, reply.body]).toEqual([500, 'broken']);
      await site.ask('/page');
      expect(seen).toHaveLength(4);
    });

    it('lets go of what has become private', async () => {
      await site.ask('/page');
      site.runtime.advance(61);
      Object.assign(script, { control: 'private', body: 'mine' });
      expect((await site.ask('/page')).body).toBe('mine');
      expect(site.cache.stats.entries).toBe(0);
      expect((await site.ask('/page')).body).toBe('mine');
      expect(seen).toHaveLength(4);
    });

    it('lets go of what a 304 makes private', async () => {
      script.etag = '"same"';
      await site.ask('/page');
      site.runtime.advance(61);
      script.control = 'no-store';
      expect((await site.ask('/page')).body).toBe('one');
      expect(site.cache.stats.entries).toBe(0);
    });
  });
});

describe('an app that does not answer', () => {
  it('is asked no longer than allowed; what is stale stands in where it may', async () => {
    let isHanging = false;
    const site = await CachedSite.open({
      options: { revalidateMs: 2000, maxWaitMs: 5000 },
      routes: (app) => {
        app.get('/page', (_req, res) => {
          if (!isHanging) res.set('Cache-Control', 'max-age=60, stale-if-error=600').send('one');
        });
      },
    });
    await site.ask('/page');
    site.runtime.advance(61);
    isHanging = true;
    const reply = site.ask('/page');
    while (site.asked.length < 2 || site.runtime.pending < 2) await turn();
    site.runtime.advance(2);
    expect((await reply).body).toBe('one');
    expect(site.runtime.pending).toBe(0);
    await site.close();
  });

  it('may break off', async () => {
    let isBroken = false;
    const site = await CachedSite.open({
      routes: (app) => {
        app.get('/page', (_req, res) => {
          if (isBroken) res.destroy();
          else res.set('Cache-Control', 'max-age=60, stale-if-error=600').send('one');
        });
      },
    });
    await site.ask('/page');
    site.runtime.advance(61);
    isBroken = true;
    expect((await site.ask('/page')).body).toBe('one');
    await site.close();
  });
});

describe('an app that streams without end', () => {
  it('is cut off once that is known', async () => {
    let isEndless = false;
    const site = await CachedSite.open({
      routes: (app) => {
        app.get('/page', (_req, res) => {
          if (!isEndless) {
            res.set('Cache-Control', 'max-age=60').send('one');
            return;
          }
          res.type('text/event-stream').write('data: 1\n\n');
          res.once('close', () => site.journal.note('closed'));
        });
      },
    });
    await site.ask('/page');
    site.runtime.advance(61);
    isEndless = true;
    const events = site.open({ path: '/page' });
    (await events.head).body.on('error', () => undefined).resume();
    await site.journal.until('closed');
    expect(site.cache.stats.entries).toBe(0);
    events.abort();
    await site.close();
  });
});

describe('middleware before the cache', () => {
  it('may answer by itself what the cache asks', async () => {
    let isClosed = false;
    const site = await CachedSite.open({
      before: [
        (req, res, next) => {
          if (isClosed && isInternal(req)) res.status(429).send('too many');
          else next();
        },
      ],
      routes: (app) => {
        app.get('/page', (_req, res) => void res.set('Cache-Control', 'max-age=60').send('one'));
      },
    });
    await site.ask('/page');
    site.runtime.advance(61);
    isClosed = true;
    expect((await site.ask('/page')).body).toBe('one');
    expect(site.asked).toHaveLength(2);
    await site.close();
  });

  it('that rewrites the URL by what a client says does not mix up pages', async () => {
    const site = await CachedSite.open({
      before: [
        (req, _res, next) => {
          req.url = `/${req.headers['accept-language'] ?? 'en'}${req.url}`;
          next();
        },
      ],
      routes: (app) => {
        app.use((req, res) => void res.set('Cache-Control', 'max-age=60').send(req.url));
      },
    });
    const ask = async (language: string) =>
      (await site.ask({ path: '/page', headers: { 'accept-language': language } })).body;
    expect([await ask('de'), await ask('fr')]).toEqual(['/de/page', '/fr/page']);
    site.runtime.advance(61);
    expect([await ask('de'), await ask('fr')]).toEqual(['/de/page', '/fr/page']);
    await site.close();
  });
});

it('streams a response anew that has no validator', async () => {
  let version = 0;
  const site = await CachedSite.open({
    routes: (app) => {
      app.get('/stream', (_req, res) => {
        res.set('Cache-Control', 'max-age=60');
        res.write(`version ${++version}`);
        res.end();
      });
    },
  });
  await site.ask('/stream');
  site.runtime.advance(61);
  const reply = await site.ask('/stream');
  expect([reply.body, statusOf(reply)]).toEqual(['version 2', 'headstart; fwd=stale; stored']);
  expect(site.cache.stats.revalidations).toBe(0);
  await site.close();
});
