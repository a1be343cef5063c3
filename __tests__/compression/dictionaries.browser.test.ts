import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { Browser, Page, Response } from 'playwright-core';
import { dictionaryEncodings } from '../../lib/compression/dictionary';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import { carriesSecrets } from '../../lib/compression/carries-secrets';
import { overHttp2 } from '../../lib/server/over-http2';
import { launchChromium } from '../examples/support/chromium';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';
import { hasZstd } from './decode';

jest.setTimeout(60_000);

const lines = (version: number): string =>
  Array.from({ length: 1200 }, (_, n) => `// ${(n * 7919) % 1009} ${n}\n`).join('') +
  `document.title = 'version ${version}';\n`;

const pageOf = (n: number): string => `<!doctype html><title>-</title><!--${lines(0)}-->
<script src="/app-${n}.js"></script><p>page ${n}</p>`;

const old = new Date(0);

describe('Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let folder = '';
  const encodings: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), 'dictionaries-'));
    const put = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      utimesSync(path, old, old);
      return path;
    };
    for (const n of [1, 2, 3]) put(`app-${n}.js`, lines(n));
    const file = put('site.dict', lines(0));
    const app = express();
    app.use((req, res, next) => {
      res.on('finish', () =>
        encodings.push(`${req.path} ${String(res.getHeader('content-encoding'))}`),
      );
      next();
    });
    app.use(
      dynamicCompression({
        adaptive: false,
        dictionaries: [
          { match: '/app-*.js', matchDest: ['script'] },
          { match: '/page/*', matchDest: ['document'], files: [file], url: '/dictionary' },
        ],
      }) as never,
    );
    app.use(express.static(folder, { maxAge: '1h', index: false }));
    app.get('/page/:n', (req, res) => void res.send(pageOf(Number(req.params.n))));
    app.get('/only/:encoding', (req, res) => {
      req.headers['accept-encoding'] = req.params.encoding;
      res.send(pageOf(1));
    });
    app.get('/secret', carriesSecrets({ guard: 'pad' }) as never, (_req, res) => {
      res.send(pageOf(1));
    });
    server = await transports[0]!.serve(overHttp2(app));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<Page> => (await browser.newContext()).newPage();
  const look = async (page: Page, path: string): Promise<Response | null> => {
    const response = await page.goto(server.origin + path, { waitUntil: 'load' });
    expect(await page.textContent('p')).toMatch(/^page \d$/);
    return response;
  };

  it.each(['br', 'gzip', 'deflate', ...(hasZstd ? ['zstd'] : [])])(
    'reads pages compressed with %s',
    async (encoding) => {
      const page = await open();
      const response = await look(page, `/only/${encoding}`);
      expect(await response?.headerValue('content-encoding')).toBe(encoding);
      expect(await page.title()).toBe('version 1');
    },
  );

  it('reads a page padded with a file name', async () => {
    const response = await look(await open(), '/secret');
    expect(await response?.headerValue('content-encoding')).toBe('gzip');
  });

  (dictionaryEncodings().length > 0 ? describe : describe.skip)('with dictionaries', () => {
    it('uses those it was given, for pages and for the next version of a bundle', async () => {
      const page = await open();
      await look(page, '/page/1');
      expect(await page.title()).toBe('version 1');
      // It fetches the dictionary of the site when it is idle.
      const deadline = Date.now() + 20_000;
      while (!encodings.some((one) => one.startsWith('/dictionary')) && Date.now() < deadline) {
        await page.waitForTimeout(50);
      }
      let next: Response | null = null;
      for (let n = 0; n < 20; n++) {
        next = await look(page, '/page/2');
        if ((await next?.headerValue('content-encoding'))?.startsWith('dc') === true) break;
        await page.waitForTimeout(100);
      }
      expect(await next?.headerValue('content-encoding')).toMatch(/^dc[bz]$/);
      expect(await page.title()).toBe('version 2');
      await look(page, '/page/3');
      expect(await page.title()).toBe('version 3');
      expect(encodings).toContainEqual(expect.stringMatching(/^\/app-3\.js dc[bz]$/));
      expect(encodings).toContainEqual(expect.stringMatching(/^\/page\/3 dc[bz]$/));
    });
  });
});
