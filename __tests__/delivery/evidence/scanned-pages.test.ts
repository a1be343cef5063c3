import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';
import { ScannedPages } from '../../../lib/delivery/evidence/scanned-pages';
import type { ServerPushOptions } from '../../../lib/delivery/server-push-options';
import { Shop } from '../shop-app';
import { linkTargets } from '../visitor';

const css = { url: '/a.css', as: 'style' } as const;
const js = { url: '/b.js', as: 'script' } as const;

describe('ScannedPages', () => {
  it('gives at once what goes to everybody', () => {
    const pages = new ScannedPages(3);
    pages.add({ page: '/', pattern: undefined, client: undefined, resources: [css] });
    expect(pages.resourcesOf('/', undefined)).toEqual([css]);
  });

  it('gives what was made for somebody after enough others got the same', () => {
    const pages = new ScannedPages(3);
    const add = (client: string, resources: (typeof css | typeof js)[]) =>
      pages.add({ page: '/', pattern: undefined, client, resources });
    add('ann', [css, js]);
    add('ann', [css, js]);
    add('bob', [css]);
    expect(pages.resourcesOf('/', undefined)).toEqual([]);
    add('eve', [css]);
    expect(pages.resourcesOf('/', undefined)).toEqual([css]);
  });

  it('gives a page nobody saw what the pages of its route have in common', () => {
    const pages = new ScannedPages(3);
    const own = (id: number) => ({ url: `/${id}.png`, as: 'image' }) as const;
    for (const id of [1, 2]) {
      expect(pages.resourcesOf('/p/9', '/p/:id')).toEqual([]);
      pages.add({
        page: `/p/${id}`,
        pattern: '/p/:id',
        client: undefined,
        resources: [css, own(id)],
      });
    }
    expect(pages.resourcesOf('/p/9', '/p/:id')).toEqual([css]);
    expect(pages.resourcesOf('/p/1', '/p/:id')).toEqual([css, own(1)]);
  });

  it('forgets what a page does not ask for any more', () => {
    const pages = new ScannedPages(3);
    pages.add({ page: '/', pattern: undefined, client: undefined, resources: [css, js] });
    pages.add({ page: '/', pattern: undefined, client: undefined, resources: [js] });
    expect(pages.resourcesOf('/', undefined)).toEqual([js]);
  });

  it('wants the first views of a page and then one in sixteen', () => {
    const pages = new ScannedPages(3);
    const wanted = Array.from({ length: 40 }, () => pages.wants('/'));
    expect(wanted.flatMap((is, view) => (is ? [view] : []))).toEqual([0, 1, 2, 16, 32]);
  });
});

describe('a page on its way out', () => {
  const html = '<link rel=stylesheet href=/app.css><script src=/app.js defer></script>'.padEnd(300);
  let shop: Shop;
  /** Of this test alone: the reading of the last page of another may still go on. */
  let path = '';
  let tests = 0;

  async function open(page: RequestHandler, options?: ServerPushOptions): Promise<void> {
    shop = await Shop.open(options);
    path = `/scanned/${tests++}`;
    shop.app.get(path, (req, res, next) => {
      setImmediate(() => {
        shop.nowMs += 50;
        void page(req, res, next);
      });
    });
  }

  afterEach(async () => {
    jest.restoreAllMocks();
    await shop.close();
  });

  /** Settles when the next page was read; it is read in its own time, in Node's thread pool. */
  function reading(): Promise<void> {
    const { add } = ScannedPages.prototype;
    return new Promise((resolve) => {
      jest.spyOn(ScannedPages.prototype, 'add').mockImplementation(function (
        this: ScannedPages,
        scan,
      ) {
        add.call(this, scan);
        if (scan.page === path) resolve();
      });
    });
  }

  /** One visitor looks, and asks for both resources. @returns What the next one is hinted. */
  async function hintsAfterOneView(headers = {}, isRead = true): Promise<string[]> {
    const read = isRead ? reading() : Promise.resolve();
    const one = shop.visitor('first');
    const { body } = await one.navigate(path, headers);
    expect(body.length).toBeGreaterThan(0);
    await one.load('/app.css', 'style', path);
    await one.load('/app.js', 'script', path);
    await read;
    const reply = await shop.visitor('second').navigate(path);
    return reply.early.flatMap(linkTargets);
  }

  it.each<[string, RequestHandler]>([
    ['as it is', (_req, res) => void res.type('html').send(html)],
    [
      'in pieces',
      (_req, res) => {
        res.type('html');
        for (const letter of html) res.write(letter);
        res.end();
      },
    ],
    [
      'packed with gzip',
      (_req, res) => void res.type('html').set('content-encoding', 'gzip').end(gzipSync(html)),
    ],
    [
      'packed with brotli',
      (_req, res) =>
        void res.type('html').set('content-encoding', 'br').end(brotliCompressSync(html)),
    ],
    [
      'and cut off at its end',
      (_req, res) => {
        const packed = gzipSync(html + 'x'.repeat(99));
        res.type('html').set('content-encoding', 'gzip').end(packed.subarray(0, -8));
      },
    ],
  ])('is read %s, so that the next visitor is hinted what it needs', async (_title, page) => {
    await open(page);
    expect(await hintsAfterOneView()).toEqual(['/app.css', '/app.js']);
  });

  it('carries no links to what it names itself, where no 103 pays', async () => {
    await open((_req, res) => void res.type('html').send(html), { minThinkMs: 1000 });
    expect(await hintsAfterOneView()).toEqual([]);
    const { headers } = await shop.visitor('third').navigate(path);
    expect(headers.link).toBeUndefined();
  });

  it('is not read for others when it was made for one user', async () => {
    await open((_req, res) => void res.type('html').set('cache-control', 'private').send(html));
    expect(await hintsAfterOneView({}, false)).toEqual([]);
  });

  it('is not believed at once when the visitor had a cookie', async () => {
    await open((_req, res) => void res.type('html').send(html));
    expect(await hintsAfterOneView({ cookie: 'sid=1' }, false)).toEqual([]);
  });

  it('is not read when told not to', async () => {
    await open((_req, res) => void res.type('html').send(html), { scanHtml: false });
    expect(await hintsAfterOneView({}, false)).toEqual([]);
  });

  it('has what the first paint does not need left to the page', async () => {
    const body =
      '<main>' + '<p>text</p>'.repeat(8) + '<img src=/a.png width=640 height=400></main>';
    await open((_req, res) => void res.type('html').send(html + body));
    shop.app.get('/a.png', (_req, res) => {
      res.set('cache-control', 'public, max-age=60').type('png').send('image');
    });
    await shop.visitor('painter').load('/a.png', 'image', path);
    expect(await hintsAfterOneView()).toEqual(['/app.css', '/a.png']);
  });

  it('leads to no resource that was not answered to anybody', async () => {
    await open(
      (_req, res) => void res.type('html').send(`${html}<script src=/missing.js></script>`),
    );
    expect(await hintsAfterOneView()).toEqual(['/app.css', '/app.js']);
  });
});
