import compression from 'compression';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { transports } from '../support/transports';
import { CachedSite } from './cached-site';

const share = 'public, max-age=60';

const long = '<p>A paragraph that compresses well.</p>'.repeat(100);

describe.each([
  ['after', []],
  ['before', [compression()]],
])('with compression mounted %s the cache', (place, before) => {
  it.each(transports)('every client gets what it can read, over $name', async (transport) => {
    const site = await CachedSite.open({
      transport,
      before,
      routes: (app) => {
        if (place === 'after') app.use(compression());
        app.get('/page', (_req, res) => void res.set('Cache-Control', share).send(long));
        app.get('/stream', (_req, res) => {
          res.set('Cache-Control', share).type('html');
          for (let i = 0; i < 100; i++) res.write(long.slice(0, 41));
          res.end();
        });
      },
    });
    for (const path of ['/page', '/stream', '/page', '/stream']) {
      for (const accepted of ['br', 'gzip', 'identity', 'gzip, br', 'br,gzip']) {
        const headers = { 'accept-encoding': accepted };
        const { bytes, headers: answer } = await site.ask({ path, headers });
        const encoding = answer['content-encoding'];
        const text =
          encoding === 'br'
            ? brotliDecompressSync(bytes)
            : encoding === 'gzip'
              ? gunzipSync(bytes)
              : bytes;
        expect(text.length).toBeGreaterThan(3900);
        expect(String(text).startsWith('<p>A paragraph')).toBe(true);
        expect(answer['vary']).toBe('Accept-Encoding');
        expect(encoding).toBe(
          accepted === 'identity' ? undefined : accepted.includes('br') ? 'br' : 'gzip',
        );
      }
    }
    expect(site.asked).toHaveLength(place === 'after' ? 8 : 2);
    expect(site.cache.stats.entries).toBe(place === 'after' ? 6 : 2);
    await site.close();
  });
});

describe('a hundred spellings of Accept-Encoding', () => {
  it('make no hundred variants', async () => {
    const site = await CachedSite.open({
      routes: (app) => {
        app.use(compression());
        app.get('/page', (_req, res) => void res.set('Cache-Control', share).send(long));
      },
    });
    const parts = ['br', 'gzip', 'deflate', 'x-a', 'x-b'];
    for (let i = 0; i < 100; i++) {
      const mixed = parts.toSorted(() => ((i * 7919) % 5) - 2).join(i % 2 === 0 ? ', ' : ',');
      await site.ask({ path: '/page', headers: { 'accept-encoding': `${mixed}, x-${i}` } });
    }
    expect(site.asked).toHaveLength(1);
    expect(site.cache.stats.entries).toBe(1);
    for (const field of [
      'br',
      'br, gzip',
      'br;q=1, gzip;q=0.1',
      'br, zstd;q=0.2',
      'gzip',
      'gzip;q=0.5',
    ]) {
      await site.ask({ path: '/page', headers: { 'accept-encoding': field } });
    }
    expect(site.cache.stats.entries).toBe(2);
    await site.close();
  });
});
