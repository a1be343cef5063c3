import { createHash } from 'node:crypto';
import express from 'express';
import {
  clearSpeculations,
  serverPush,
  type PushResource,
  type ServerPushOptions,
} from 'headstart';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium, listenForComplaints } from '../examples/support/chromium';
import { serveExample, type RunningExample } from '../examples/support/serve-example';

jest.setTimeout(60_000);

const script = 'document.documentElement.dataset.ran = "yes";';
const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`;
const pixel =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>';
const strict =
  "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'";

/** A tag of a page for each kind of resource, and what a rule by hand calls it. */
const kinds: readonly (readonly [string, PushResource, string])[] = [
  ['a style sheet', { url: '/a.css' }, '<link rel="stylesheet" href="/a.css">'],
  [
    'a style sheet with CORS',
    { url: '/a.css', crossorigin: 'anonymous' },
    '<link rel="stylesheet" href="/a.css" crossorigin>',
  ],
  ['a script', { url: '/a.js' }, '<script src="/a.js"></script>'],
  ['a late script', { url: '/a.js', fetchPriority: 'low' }, '<script src="/a.js" defer></script>'],
  [
    'a script with integrity',
    { url: '/a.js', integrity },
    `<script src="/a.js" integrity="${integrity}"></script>`,
  ],
  [
    'a module',
    { url: '/a.js', crossorigin: 'anonymous' },
    '<script type="module" src="/a.js"></script>',
  ],
  ['an image', { url: '/a.svg', fetchPriority: 'high' }, '<img src="/a.svg" fetchpriority="high">'],
  [
    'an image with candidates',
    { url: '/a.svg', imageSrcset: '/b.svg 1x, /c.svg 2x' },
    '<img src="/a.svg" srcset="/b.svg 1x, /c.svg 2x" fetchpriority="high">',
  ],
  [
    'a font of a style sheet',
    { url: '/a.woff2', type: 'font/woff2' },
    '<link rel="stylesheet" href="/font.css"><p>letters</p>',
  ],
  ['what a script fetches', { url: '/a.json' }, '<script src="/fetch.js"></script>'],
];

const font =
  require.resolve('startbootstrap-sb-admin-2/vendor/fontawesome-free/webfonts/fa-regular-400.woff2');

const bodies: Readonly<Record<string, string>> = {
  '.css': 'h1 { color: red }',
  '.js': script,
  '.svg': pixel,
  '.json': '{}',
};

let browser: Browser;
let site: RunningExample | undefined;
const asked: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  jest.restoreAllMocks();
  await site?.close();
});

/** A site whose pages show one tag, and take 60 ms. */
async function open(tag: string, options: ServerPushOptions): Promise<void> {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  asked.length = 0;
  const app = express();
  app.use(serverPush(options));
  app.use((req, res, next) => {
    if (req.path !== '/favicon.ico')
      asked.push(`${req.get('sec-purpose') ?? ''} ${req.path}`.trim());
    res.set('content-security-policy', strict);
    next();
  });
  app.get('/font.css', (_req, res) => {
    const face = "@font-face { font-family: own; src: url('/a.woff2') format('woff2') }";
    res
      .set('cache-control', 'public, max-age=60')
      .type('css')
      .send(`${face} p { font-family: own }`);
  });
  app.get('/a.woff2', (_req, res) => res.sendFile(font, { maxAge: '1d' }));
  app.get(
    '/blank',
    (_req, res) => void res.type('html').send('<!doctype html><title>blank</title>'),
  );
  app.get('/fetch.js', (_req, res) => {
    res.set('cache-control', 'public, max-age=60').type('js').send("fetch('/a.json')");
  });
  app.get(/\.\w+$/, (req, res) => {
    const extension = req.path.slice(req.path.lastIndexOf('.'));
    res.set('cache-control', 'public, max-age=60').type(extension).send(bodies[extension]);
  });
  app.post('/change', (_req, res) => {
    clearSpeculations(res);
    res.redirect(303, '/');
  });
  app.get('/item/:id', (req, res) => {
    const links = ['2', '3?from=1', 'delete'].map((to) => `<p><a href="/item/${to}">${to}</a></p>`);
    res.type('html').send(`<!doctype html><title>${req.path}</title>${links.join('')}`);
  });
  app.get(['/', '/next'], (req, res) => {
    const body = `<!doctype html><title>${req.path}</title><h1>${req.path}</h1>${tag}`;
    const links =
      '<a href="/next">next</a><form method="post" action="/change"><button>change</button></form>';
    const more = req.path === '/next' ? '<link rel="stylesheet" href="/next.css">' : '';
    setTimeout(() => res.type('html').send(body + more + links), 60);
  });
  site = await serveExample(app);
}

async function window(
  agent: string,
): Promise<{ context: BrowserContext; page: Page; complaints: readonly string[] }> {
  const context = await browser.newContext({ userAgent: `Mozilla/5.0 Chrome/156 ${agent}` });
  const page = await context.newPage();
  const complaints = listenForComplaints(page);
  return { context, page, complaints };
}

function times(path: string): number {
  return asked.filter((one) => one === path).length;
}

describe.each([
  ['an early hint', { preloadLinks: false }],
  ['a link on the page', { earlyHints: false }],
])('in Chromium, %s', (_means, means) => {
  it.each(kinds)('makes it fetch %s once, and use it', async (_kind, resource, tag) => {
    await open(tag, { ...means, rules: [{ route: '/', resources: [resource] }] });
    const { context, page, complaints } = await window('once');
    // A new window's first 103 is often dropped.
    await page.goto(`${site?.origin}/blank`);
    await page.goto(`${site?.origin}/`, { waitUntil: 'networkidle' });
    // Chromium complains some seconds after the load of what was preloaded and not used.
    await page.waitForTimeout(3500);
    const paths = asked.filter((one) => !['/', '/blank'].includes(one));
    expect(new Set(paths).size).toBe(paths.length);
    expect(complaints.filter((one) => !one.includes('favicon'))).toEqual([]);
    await context.close();
  });
});

describe('speculation rules in Chromium, under a strict content policy', () => {
  /** Six visitors go from `/` to `/next`. */
  async function walkAll(): Promise<void> {
    for (let number = 0; number < 6; number++) {
      const { context, page } = await window(`visitor ${number}`);
      await page.goto(`${site?.origin}/`);
      await page.click('a');
      await page.waitForURL(`${site?.origin}/next`);
      await context.close();
    }
  }

  async function untilAhead(page: Page, path = '/next', least = 1): Promise<void> {
    for (let waited = 0; times(`prefetch ${path}`) < least && waited < 5000; waited += 50) {
      await page.waitForTimeout(50);
    }
  }

  const arrival = (): string =>
    (performance.getEntries()[0] as unknown as { deliveryType: string }).deliveryType;

  it('have the next page there before the click, and count it when it is shown', async () => {
    await open('', {});
    await walkAll();
    const { context, page, complaints } = await window('new');
    await page.goto(`${site?.origin}/`);
    await untilAhead(page);
    const before = times('/next');
    await page.click('a');
    await page.waitForURL(`${site?.origin}/next`);
    expect(await page.evaluate(arrival)).toBe('navigational-prefetch');
    expect(times('/next')).toBe(before);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('come with links that have the style sheet of the next page there, fetched once', async () => {
    await open('', {});
    await walkAll();
    const { context, page, complaints } = await window('new');
    const [ahead, before] = [times('prefetch /next.css'), times('/next.css')];
    await page.goto(`${site?.origin}/`);
    await untilAhead(page, '/next.css', ahead + 1);
    await page.click('a');
    await page.waitForURL(`${site?.origin}/next`);
    await page.waitForLoadState('networkidle');
    expect(times('prefetch /next.css')).toBe(ahead + 1);
    expect(times('/next.css')).toBe(before);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('have pages of a route there when the pointer rests on a link, but no action and no query', async () => {
    await open('', {});
    for (const name of ['1', '2', '3', '4']) {
      const { context, page } = await window(name);
      await page.goto(`${site?.origin}/item/${name}`);
      await context.close();
    }
    const { context, page, complaints } = await window('new');
    await page.goto(`${site?.origin}/item/9`, { waitUntil: 'networkidle' });
    for (const link of ['delete', '3?from=1', '2']) {
      await page.hover(`a[href$="${link}"]`);
      await page.waitForTimeout(600);
    }
    expect(asked.filter((one) => one.startsWith('prefetch'))).toEqual(['prefetch /item/2']);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('are undone by clearSpeculations()', async () => {
    await open('', {});
    await walkAll();
    const { context, page } = await window('new');
    await page.goto(`${site?.origin}/`);
    await untilAhead(page);
    const before = asked.length;
    await page.evaluate(() => fetch('/change', { method: 'POST', redirect: 'manual' }));
    await page.click('a');
    await page.waitForURL(`${site?.origin}/next`);
    expect(asked.slice(before).some((one) => one.endsWith('/next'))).toBe(true);
    await context.close();
  });
});
