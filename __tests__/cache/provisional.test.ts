import express from 'express';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import { markProvisional } from '../../lib/util/provisional';
import { transports } from '../support/transports';
import { CachedSite, statusOf } from './cached-site';

const control = 'public, max-age=3600';

describe('a body that will soon be there in a better encoding', () => {
  it.each([
    ['no validator', undefined],
    ['a validator', '"one"'],
  ])('is kept for ten seconds, with %s', async (_with, etag) => {
    let isBetter = false;
    const site = await CachedSite.open({
      routes: (app) => {
        app.get('/page', (_req, res) => {
          if (!isBetter) markProvisional(res);
          if (etag !== undefined) res.set('ETag', etag);
          res.set('Cache-Control', control).end(isBetter ? 'better' : 'first');
        });
      },
    });
    const ask = async () => {
      const reply = await site.ask('/page');
      return [reply.body, statusOf(reply).split(';')[1]?.trim()];
    };
    expect(await ask()).toEqual(['first', 'fwd=uri-miss']);
    site.runtime.advance(9.9);
    expect(await ask()).toEqual(['first', 'hit']);
    isBetter = true;
    site.runtime.advance(0.1);
    expect(await ask()).toEqual(['better', 'fwd=stale']);
    site.runtime.advance(3000);
    expect(await ask()).toEqual(['better', 'hit']);
    expect(site.cache.stats).toMatchObject({ entries: 1, evicted: 0 });
    await site.close();
  });

  it.each(transports)(
    'gives way to a file that was compressed as well as it can be, over $name',
    async (transport) => {
      const folder = mkdtempSync(join(tmpdir(), 'provisional-'));
      const text = Array.from(
        { length: 2000 },
        (_, n) => `.class-${(n * 7919) % 2003} { top: ${n}px }`,
      );
      writeFileSync(join(folder, 'app.css'), text.join('\n'));
      utimesSync(join(folder, 'app.css'), new Date(0), new Date(0));
      const compress = dynamicCompression({ adaptive: false });
      const site = await CachedSite.open({
        transport,
        routes: (app) => {
          app.use(compress);
          app.use(express.static(folder, { maxAge: '1h' }));
        },
      });
      const ask = async () => {
        const { bytes } = await site.ask({
          path: '/app.css',
          headers: { 'accept-encoding': 'br' },
        });
        expect(String(brotliDecompressSync(bytes))).toBe(text.join('\n'));
        return bytes.length;
      };
      const first = await ask();
      while (compress.stats.compressedFiles.waiting > 0) await new Promise(setImmediate);
      expect(await ask()).toBe(first);
      site.runtime.advance(10);
      const best = await ask();
      expect(best).toBeLessThan(first);
      site.runtime.advance(3000);
      expect(await ask()).toBe(best);
      expect(compress.stats).toMatchObject({ stored: 1, responses: { br: 2 } });
      expect(site.asked).toHaveLength(2);
      await site.close();
      rmSync(folder, { recursive: true });
    },
  );
});
