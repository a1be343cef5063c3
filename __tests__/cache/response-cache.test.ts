import express from 'express';
import { responseCache } from '../../lib/cache/response-cache';
import { expressVersions } from '../support/express-versions';
import { transports } from '../support/transports';
import { CachedSite, statusOf } from './cached-site';

describe.each(expressVersions)('responseCache on Express %d', (_, copy) => {
  describe.each(transports)('over $name', (transport) => {
    let site: CachedSite;
    let made = 0;

    beforeAll(async () => {
      site = await CachedSite.open({
        transport,
        copy,
        routes: (app) => {
          app.get('/page', (_req, res) => {
            res.set('Cache-Control', 'public, max-age=60');
            res.set('Link', ['</a.css>; rel=preload', '</b.css>; rel=preload']);
            res.send(`<h1>${++made}</h1>`);
          });
          app.get('/stream', (_req, res) => {
            res.set('Cache-Control', 's-maxage=60').type('txt');
            for (let i = 0; i < 100; i++) res.write(`line ${i}\n`);
            res.end('end');
          });
          app.get('/empty', (_req, res) => {
            res.set('Cache-Control', 'max-age=60').status(204).end();
          });
          app.get('/gone', (_req, res) => {
            res.set('Cache-Control', 'max-age=60').status(404).end();
          });
        },
      });
    });
    afterAll(() => site.close());

    it('answers the second request from memory, with its age', async () => {
      const first = await site.ask('/page');
      site.runtime.advance(7);
      const second = await site.ask('/page');
      expect(statusOf(first)).toBe('headstart; fwd=uri-miss; stored');
      expect(statusOf(second)).toBe('headstart; hit; ttl=53');
      expect(second.headers['age']).toBe('7');
      expect(second.body).toBe('<h1>1</h1>');
      const { age, 'cache-status': _status, ...same } = second.headers;
      const { 'cache-status': _first, ...expected } = first.headers;
      expect(age).toBe('7');
      expect(same).toEqual({
        ...expected,
        date: new Date(site.runtime.nowMs - 7000).toUTCString(),
      });
    });

    it('stores what is streamed', async () => {
      const first = await site.ask('/stream');
      const second = await site.ask('/stream');
      expect(statusOf(second)).toMatch(/hit/);
      expect(second.body).toBe(first.body);
      expect(second.headers['content-length']).toBe(String(first.bytes.length));
    });

    it('answers HEAD from the response to GET', async () => {
      await site.ask('/stream');
      const head = await site.ask({ path: '/stream', method: 'HEAD' });
      expect(statusOf(head)).toMatch(/hit/);
      expect(head.body).toBe('');
      expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
    });

    it.each([
      ['/empty', 204],
      ['/gone', 404],
    ])('stores %s, which has no body', async (path, status) => {
      await site.ask(path);
      const second = await site.ask(path);
      expect([second.status, second.body]).toEqual([status, '']);
      expect(statusOf(second)).toMatch(/hit/);
    });
  });
});

it('refuses to be mounted without being called', () => {
  expect(() => responseCache({ headers: {}, method: 'GET' } as never)).toThrow(/responseCache\(\)/);
});

it('is a middleware with a cache', async () => {
  const responses = responseCache({ maxBytes: 1000 });
  express().use(responses);
  expect(responses.cache.stats).toMatchObject({ entries: 0, bytes: 0, hits: 0 });
});
