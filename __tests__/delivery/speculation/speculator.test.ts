import { createHash } from 'node:crypto';
import type { ServerPushOptions } from '../../../lib/delivery/server-push-options';
import { Shop } from '../shop-app';
import type { Reply, Visitor } from '../visitor';

interface Rule {
  readonly tag: string;
  readonly eagerness: string;
  readonly urls?: readonly string[];
  readonly where?: { readonly and: readonly { readonly href_matches?: readonly string[] }[] };
}

let shop: Shop;

afterEach(() => shop.close());

/** Visitors that look at `/`, then at `/about`. */
async function walk(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const one = shop.visitor(name);
    await one.navigate('/');
    await one.navigate('/about', { referer: `http://shop.test/`, ':authority': 'shop.test' });
  }
}

function rulesUrl(reply: Reply): string | undefined {
  return /^"(.*)"$/.exec(String(reply.headers['speculation-rules'] ?? ''))?.[1];
}

async function rulesOf(one: Visitor, reply: Reply): Promise<Record<string, readonly Rule[]>> {
  const url = rulesUrl(reply);
  if (url === undefined) return {};
  const { body } = await one.get(url);
  return JSON.parse(body) as Record<string, readonly Rule[]>;
}

async function namedFor(name: string, page: string, headers = {}): Promise<string[]> {
  const one = shop.visitor(name);
  const { prefetch = [] } = await rulesOf(one, await one.navigate(page, headers));
  return prefetch.flatMap(({ urls = [] }) => urls);
}

async function open(options?: ServerPushOptions): Promise<void> {
  shop = await Shop.open(options);
}

/** Whatever the model thinks of so few visits: from here on it is sure. */
function beSure(): void {
  const sure = [{ target: '/about', kind: 'document', confidence: 0.9, clients: 3 }] as const;
  jest.spyOn(shop.manager.predictor, 'predictPages').mockReturnValue(sure);
}

/** The rules of `/`, where visitors go to `/about` with this chance. */
async function namedAt(
  confidence: number,
  one = shop.visitor('new'),
): Promise<Record<string, readonly Rule[]>> {
  const next = [{ target: '/about', kind: 'document', confidence, clients: 3 }] as const;
  jest.spyOn(shop.manager.predictor, 'predictPages').mockReturnValue(next);
  return rulesOf(one, await one.navigate('/'));
}

const crowd = ['1', '2', '3', '4', '5', '6'];

describe('speculation rules', () => {
  it('name the page that visitors go to next', async () => {
    await open();
    await walk(crowd);
    beSure();
    const one = shop.visitor('new');
    const { prefetch } = await rulesOf(one, await one.navigate('/'));
    expect(prefetch?.[0]).toEqual({
      tag: 'headstart-now',
      urls: ['/about'],
      eagerness: 'immediate',
    });
    expect(prefetch?.[1]?.where?.and[0]?.href_matches).toEqual(['/', '/about']);
  });

  it('name nothing before three clients went there', async () => {
    await open();
    await walk(['1', '2']);
    expect(await namedFor('new', '/')).toEqual([]);
  });

  it('are served under an address made of their content, for a year', async () => {
    await open();
    await walk(crowd);
    const ann = shop.visitor('Ann');
    const url = rulesUrl(await ann.navigate('/')) ?? '';
    const { status, headers, body } = await ann.get(url);
    const digest = createHash('sha256').update(body).digest().toString('base64url', 0, 12);
    expect(url).toBe(`/.headstart/speculation/${digest}.json`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/speculationrules+json',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  it('are empty, and not kept, under an address nobody knows', async () => {
    await open();
    const reply = await shop.visitor().get('/.headstart/speculation/AAAAAAAAAAAAAAAA.json');
    expect(reply).toMatchObject({ status: 200, body: '{}' });
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('leave other addresses to the app', async () => {
    await open();
    expect((await shop.visitor().get('/.headstart/speculation/../../about')).status).toBe(404);
  });

  it('let browsers render pages only when asked to', async () => {
    await open({ speculation: 'prerender' });
    await walk(crowd);
    const one = shop.visitor('new');
    const rules = await rulesOf(one, await one.navigate('/'));
    expect(rules).toHaveProperty('prerender.0.urls', ['/about']);
    await shop.close();
    await open();
    await walk(crowd);
    const other = shop.visitor('new');
    expect(await rulesOf(other, await other.navigate('/'))).not.toHaveProperty('prerender');
  });

  it.each([
    ['of one in five', 0.2, true],
    ['of fewer', 0.19, false],
  ])('have pages rendered at a chance %s', async (_title, confidence, isRendered) => {
    await open({ speculation: 'prerender' });
    await shop.teach('/about', ['/b.css'], crowd);
    const { prerender = [] } = await namedAt(confidence);
    expect(prerender.flatMap(({ urls = [] }) => urls)).toEqual(isRendered ? ['/about'] : []);
  });

  it.each([
    ['not on a guess', 0.49, false],
    ['when they are likely', 0.5, true],
  ])('have pages that take much rendered %s', async (_title, confidence, isRendered) => {
    await open({ speculation: 'prerender', maxResourceBytes: 20 });
    await shop.teach('/about', ['/b.css', '/app.css'], crowd);
    const { prefetch, prerender } = await namedAt(confidence);
    const named = isRendered ? prerender : prefetch;
    expect(named?.[0]).toMatchObject({ tag: 'headstart-now', urls: ['/about'] });
  });

  it('do not count what the client has', async () => {
    await open({ speculation: 'prerender', maxResourceBytes: 20 });
    await shop.teach('/about', ['/b.css', '/app.css'], crowd);
    const one = shop.visitor('new');
    await one.load('/app.css', 'style', '/elsewhere');
    expect(await namedAt(0.4, one)).toHaveProperty('prerender.0.urls', ['/about']);
  });

  it.each([
    ['that save data', { 'save-data': 'on' }],
    ['with credentials', { authorization: 'Basic QTpC' }],
    ['with a session cookie', { cookie: 'theme=dark; connect.sid=s%3A1' }],
  ])('are not given to clients %s', async (_title, headers) => {
    await open();
    await walk(crowd);
    const reply = await shop.visitor('new').navigate('/', headers);
    expect(reply.headers['speculation-rules']).toBeUndefined();
    expect(reply.status).toBe(200);
  });

  it('are given to those who are logged in if the app allows it', async () => {
    await open({ speculateAuthenticated: true });
    await walk(crowd);
    expect(await namedFor('new', '/', { cookie: 'connect.sid=1' })).toEqual(['/about']);
  });

  it('go by what the app says of who is logged in', async () => {
    await open({ isAuthenticated: (req) => req.headers['x-user'] !== undefined });
    await walk(crowd);
    expect(await namedFor('a', '/', { 'x-user': 'ann' })).toEqual([]);
    expect(await namedFor('b', '/', { cookie: 'connect.sid=1' })).toEqual(['/about']);
  });

  it('can be switched off', async () => {
    await open({ speculation: 'off' });
    await walk(crowd);
    const one = shop.visitor('new');
    expect((await one.navigate('/')).headers['speculation-rules']).toBeUndefined();
    expect((await one.get('/.headstart/speculation/AAAAAAAAAAAAAAAA.json')).status).toBe(404);
  });

  it('name no route whose latest page was for one user, nor an action', async () => {
    await open();
    for (const name of crowd) {
      const one = shop.visitor(name);
      for (const path of ['/account/x', '/product/1', '/logout']) await one.navigate(path);
    }
    const one = shop.visitor('new');
    const { prefetch = [] } = await rulesOf(one, await one.navigate('/'));
    expect(prefetch.flatMap(({ where }) => where?.and[0]?.href_matches ?? [])).toEqual([
      '/product/:id',
    ]);
    expect(JSON.stringify(prefetch)).toContain('logout');
  });
});

describe('a page fetched ahead', () => {
  const ahead = {
    'sec-purpose': 'prefetch',
    'sec-speculation-tags': '"headstart-now"',
    'sec-fetch-site': 'same-origin',
  };

  it('counts as a visit only when its rules are asked for', async () => {
    await open();
    const observePage = jest.spyOn(shop.manager.predictor, 'observePage');
    const one = shop.visitor('Ann');
    await one.navigate('/');
    const reply = await one.navigate('/about', ahead);
    expect(observePage).toHaveBeenCalledTimes(1);
    await one.get(rulesUrl(reply) ?? '', { 'sec-purpose': 'prefetch;prerender' });
    expect(observePage).toHaveBeenCalledTimes(1);
    await one.get(rulesUrl(reply) ?? '');
    await one.get(rulesUrl(reply) ?? '');
    expect(observePage.mock.calls.map(([{ page, from }]) => [from, page])).toEqual([
      [undefined, '/'],
      ['/', '/about'],
    ]);
  });

  it('is counted as sent, and as used when it is shown', async () => {
    await open();
    const one = shop.visitor('Ann');
    const reply = await one.navigate('/about', ahead);
    const means = () => shop.manager.stats.means['speculation-rules'];
    const bytes = Buffer.byteLength(reply.body);
    expect(means()).toEqual({ sent: 1, used: 0, sentBytes: bytes, wastedBytes: bytes });
    await one.get(rulesUrl(reply) ?? '');
    expect(means()).toEqual({ sent: 1, used: 1, sentBytes: bytes, wastedBytes: 0 });
    expect(shop.manager.stats.savedMs).toBe(50);
  });

  it('is given no hints', async () => {
    await open({ rules: [{ route: '/about', resources: ['/app.css'] }] });
    const reply = await shop.visitor('Ann').navigate('/about', ahead);
    expect(reply.early).toEqual([]);
    expect(reply.headers.link).toBeUndefined();
  });

  it('is not fetched at once any more when hardly anybody looks at such pages', async () => {
    await open();
    await walk(crowd);
    expect(await namedFor('before', '/')).toEqual(['/about']);
    for (let i = 0; i < 40; i++) await shop.visitor(`idle ${i}`).navigate('/about', ahead);
    const one = shop.visitor('after');
    const { prefetch = [] } = await rulesOf(one, await one.navigate('/'));
    expect(prefetch[0]).toMatchObject({ tag: 'headstart-soon', urls: ['/about'] });
  });

  it('is fetched at once as before when one client alone never looks', async () => {
    await open();
    await walk(crowd);
    beSure();
    const idle = shop.visitor('idle');
    for (let i = 0; i < 200; i++) await idle.navigate('/about', ahead);
    const one = shop.visitor('after');
    const { prefetch = [] } = await rulesOf(one, await one.navigate('/'));
    expect(prefetch[0]).toMatchObject({ tag: 'headstart-now', urls: ['/about'] });
  });
});
