import type { Application, RequestHandler, Response } from 'express';
import { randomBytes } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { ResponseTap } from '../../lib/response/response-tap';
import { transports } from '../support/transports';
import { CachedSite, statusOf } from './cached-site';

const letters = 'abcdefghijklmnopqrstuvwxyz';

describe.each(transports)('a hit over $name', (transport) => {
  let site: CachedSite;

  beforeAll(async () => {
    site = await CachedSite.open({
      transport,
      before: [
        (_req, res, next) => {
          res.vary('Origin').set('X-Request-Id', String(++requests));
          next();
        },
      ],
      routes: (app) => {
        app.get('/letters', (_req, res) => {
          res.set('Cache-Control', 'public, max-age=60').type('txt').set('ETag', '"v1"');
          res.set('Last-Modified', 'Tue, 24 Nov 2026 00:00:00 GMT').send(letters);
        });
        app.get('/moved', (_req, res) => {
          res.set('Cache-Control', 'max-age=60').redirect(301, '/letters');
        });
      },
    });
    await site.ask('/letters');
    await site.ask('/moved');
  });
  afterAll(() => site.close());
  let requests = 0;

  const ask = (headers: OutgoingHttpHeaders) => site.ask({ path: '/letters', headers });

  it.each([
    ['the same tag', { 'if-none-match': '"v1"' }],
    ['a weak tag', { 'if-none-match': 'W/"v1"' }],
    ['one of several tags', { 'if-none-match': '"v0", "v1"' }],
    ['any tag', { 'if-none-match': '*' }],
    ['the same date', { 'if-modified-since': 'Tue, 24 Nov 2026 00:00:00 GMT' }],
    ['a later date', { 'if-modified-since': 'Wed, 25 Nov 2026 00:00:00 GMT' }],
  ])('is a 304 for a client with %s', async (_, headers) => {
    const reply = await ask(headers);
    expect([reply.status, reply.body]).toEqual([304, '']);
    expect(reply.headers).toMatchObject({ etag: '"v1"', 'cache-control': 'public, max-age=60' });
    expect(reply.headers['content-type']).toBeUndefined();
    expect(statusOf(reply)).toMatch(/hit/);
  });

  it.each([
    ['another tag', { 'if-none-match': '"v2"' }],
    [
      'another tag and a later date',
      {
        'if-none-match': '"v2"',
        'if-modified-since': 'Wed, 25 Nov 2026 00:00:00 GMT',
      },
    ],
    ['an earlier date', { 'if-modified-since': 'Mon, 23 Nov 2026 00:00:00 GMT' }],
    ['a date that is none', { 'if-modified-since': 'yesterday' }],
  ])('is whole for a client with %s', async (_, headers) => {
    expect((await ask(headers)).body).toBe(letters);
  });

  it.each([
    ['bytes=0-2', 'abc', 'bytes 0-2/26'],
    ['bytes=23-', 'xyz', 'bytes 23-25/26'],
    ['bytes=-2', 'yz', 'bytes 24-25/26'],
    ['bytes=20-99', 'uvwxyz', 'bytes 20-25/26'],
  ])('gives the range %s', async (range, body, contentRange) => {
    const reply = await ask({ range });
    expect([reply.status, reply.body]).toEqual([206, body]);
    expect(reply.headers).toMatchObject({
      'content-range': contentRange,
      'content-length': String(body.length),
    });
  });

  it('refuses a range that is not there', async () => {
    const reply = await ask({ range: 'bytes=26-' });
    expect([reply.status, reply.body]).toEqual([416, '']);
    expect(reply.headers['content-range']).toBe('bytes */26');
  });

  it.each(['bytes=0-1,3-4', 'bytes=x', 'lines=0-1', 'bytes', ''])(
    'is whole for the range %p',
    async (range) => {
      const reply = await ask({ range });
      expect([reply.status, reply.body]).toEqual([200, letters]);
    },
  );

  it('gives a part only to those who have parts of the same version', async () => {
    const part = (version: string) => ask({ range: 'bytes=0-2', 'if-range': version });
    expect((await part('"v1"')).status).toBe(206);
    expect((await part('"v0"')).status).toBe(200);
    expect((await part('W/"v1"')).status).toBe(200);
    expect((await part('Tue, 24 Nov 2026 00:00:00 GMT')).status).toBe(206);
    expect((await part('Mon, 23 Nov 2026 00:00:00 GMT')).status).toBe(200);
  });

  it('keeps headers that middleware before the cache sets for each response', async () => {
    const one = await ask({});
    const two = await ask({});
    expect(Number(two.headers['x-request-id'])).toBe(Number(one.headers['x-request-id']) + 1);
    expect(one.headers['vary']).toBe('Origin');
  });

  it('may be a redirect', async () => {
    const reply = await site.ask('/moved');
    expect([reply.status, reply.headers['location']]).toEqual([301, '/letters']);
    expect(statusOf(reply)).toMatch(/hit/);
  });
});

describe.each(transports)('the headers of a hit over $name', (transport) => {
  const open = (before: RequestHandler) =>
    CachedSite.open({
      transport,
      before: [before],
      routes: (app) => {
        app.get('/', (_req, res) => {
          res.set('Cache-Control', 'public, max-age=60').vary('Accept');
          res.set('Link', ['</a.css>; rel=preload', '</b.css>; rel=preload']);
          // Express and Node leave it out over HTTP/2 already.
          res.set('Proxy-Connection', 'keep-alive').type('txt').send('Hello');
        });
      },
    });
  const preloads = '</a.css>; rel=preload, </b.css>; rel=preload';

  it('may be added to on their way, for one client', async () => {
    const site = await open((_req, res, next) => {
      ResponseTap.of(res).onHeaders(() => res.appendHeader('Link', '</c.css>; rel=preload'));
      next();
    });
    for (let i = 0; i < 3; i++) {
      const { headers } = await site.ask('/');
      expect([headers['link']].flat().join(', ')).toBe(`${preloads}, </c.css>; rel=preload`);
    }
    expect(site.cache.stats.hits).toBe(2);
    await site.close();
  });

  it('are seen by who replaced setHeader', async () => {
    const seen: string[][] = [];
    const site = await open((_req, res, next) => {
      const names: string[] = [];
      seen.push(names);
      const { setHeader } = res;
      res.setHeader = (name, value) => {
        names.push(name.toLowerCase());
        return setHeader.call(res, name, value);
      };
      next();
    });
    await site.ask('/');
    await site.ask('/');
    expect(seen[1]).toEqual(expect.arrayContaining(['content-type', 'age', 'etag', 'vary']));
    await site.close();
  });

  it('are seen by an app that has a setHeader of its own', async () => {
    const names: string[] = [];
    const site = await open((_req, _res, next) => next());
    const { response } = site.app as Application & { readonly response: Response };
    const { setHeader } = response;
    response.setHeader = function noted(name, value) {
      names.push(name.toLowerCase());
      return setHeader.call(this, name, value);
    };
    await site.ask('/');
    names.length = 0;
    await site.ask('/');
    expect(names).toEqual(expect.arrayContaining(['content-type', 'age', 'etag', 'vary']));
    await site.close();
  });

  it('can be read once they have left', async () => {
    const log: unknown[] = [];
    const site = await open((_req, res, next) => {
      res.on('finish', () => log.push(res.getHeader('Content-Length'), res.get('Content-Type')));
      next();
    });
    await site.ask('/');
    const { headers } = await site.ask('/');
    while (log.length < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(log.slice(2)).toEqual(['5', 'text/plain; charset=utf-8']);
    expect(headers['proxy-connection']).toBeUndefined();
    await site.close();
  });
});

describe.each(transports)('the body of a hit over $name', (transport) => {
  it('arrives whole when it is deleted meanwhile', async () => {
    const bytes = randomBytes(900_000);
    const site = await CachedSite.open({
      transport,
      routes: (app) => {
        app.get('/', (_req, res) => res.set('Cache-Control', 'public, max-age=60').send(bytes));
      },
    });
    await site.ask('/');
    const answering = site.open({ path: '/' });
    const head = await answering.head;
    site.cache.clear();
    expect((await buffer(head.body)).equals(bytes)).toBe(true);
    expect(statusOf(head)).toMatch(/hit/);
    await site.close();
  });
});
