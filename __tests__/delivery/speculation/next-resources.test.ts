import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServerPushOptions } from '../../../lib/delivery/server-push-options';
import { Shop } from '../shop-app';
import type { Reply } from '../visitor';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let shop: Shop;

afterEach(async () => {
  jest.restoreAllMocks();
  await shop.close();
});

const own = { ':authority': 'shop.test' };
const fromHome = { ...own, referer: 'http://shop.test/' };

/** Visitors saw `/` with `/a.css` and `/about` with `/b.css`; the model is sure of what comes next. */
async function open(
  options?: ServerPushOptions,
  chances: Record<string, number> = { '/about': 0.9 },
): Promise<void> {
  shop = await Shop.open(options);
  await shop.teach('/', ['/a.css']);
  for (const page of ['/about', '/product/1', '/product/2']) await shop.teach(page, ['/b.css']);
  const likely = Object.entries(chances).map(
    ([target, confidence]) => ({ target, kind: 'document', confidence, clients: 3 }) as const,
  );
  jest.spyOn(shop.manager.predictor, 'predictPages').mockReturnValue(likely);
}

function prefetched({ headers }: Reply): string[] {
  const link = [headers.link ?? []].flat().join(', ');
  return [...link.matchAll(/<([^>]*)>; rel=prefetch/g)].map(([, target]) => target ?? '');
}

async function linked(headers = {}): Promise<string[]> {
  return prefetched(await shop.visitor('new').navigate('/', headers));
}

describe('links to what the next page needs', () => {
  it('name what it needs and this page does not', async () => {
    await open();
    expect(await linked()).toEqual(['/b.css']);
  });

  it('name what several pages need that are not likely alone', async () => {
    await open({}, { '/product/1': 0.2, '/product/2': 0.2 });
    expect(await linked()).toEqual(['/b.css']);
  });

  it('name nothing that is not likely to be needed', async () => {
    await open({}, { '/product/1': 0.2 });
    expect(await linked()).toEqual([]);
  });

  it('name large things only if they are likely', async () => {
    await open({}, { '/about': 0.4 });
    const large = 'x'.repeat(20_000);
    shop.app.get('/large.css', (_req, res) => {
      res.set('cache-control', 'public, max-age=60').type('css').send(large);
    });
    const crowd = Array.from({ length: 12 }, (_, number) => `crowd ${number}`);
    await shop.teach('/about', ['/b.css', '/large.css'], crowd);
    expect(await linked()).toEqual(['/b.css']);
    jest
      .spyOn(shop.manager.predictor, 'predictPages')
      .mockReturnValue([{ target: '/about', kind: 'document', confidence: 0.6, clients: 3 }]);
    expect((await linked()).sort()).toEqual(['/b.css', '/large.css']);
  });

  it('name nothing that the client got on its connection', async () => {
    await open();
    const one = shop.visitor('new');
    await one.load('/b.css', 'style', '/elsewhere');
    expect(prefetched(await one.navigate('/'))).toEqual([]);
  });

  it('name nothing that browsers would ask for again', async () => {
    await open();
    await shop.teach('/about', ['/stale.css']);
    expect(await linked()).toEqual(['/b.css']);
  });

  it.each([
    ['that save data', { 'save-data': 'on' }],
    ['with a session cookie', { cookie: 'connect.sid=1' }],
    ['that render the page ahead', { 'sec-purpose': 'prefetch;prerender' }],
  ])('are not given to clients %s', async (_title, headers) => {
    await open();
    expect(await linked(headers)).toEqual([]);
  });

  it('are not on pages whose policy lets them fetch nothing of their own', async () => {
    await open();
    const policies = ["default-src 'none'", "default-src 'none'; img-src 'self'", "img-src 'none'"];
    const given: string[][] = [];
    for (const policy of policies) {
      shop.contentPolicy = policy;
      given.push(await linked());
    }
    expect(given).toEqual([[], ['/b.css'], ['/b.css']]);
  });

  it.each<[string, ServerPushOptions]>([
    ['speculation is off', { speculation: 'off' }],
    ['it only observes', { mode: 'observe' }],
  ])('are not sent when %s', async (_title, options) => {
    await open(options);
    expect(await linked()).toEqual([]);
  });

  it('are counted as used when the visitor gets to a page that needs them', async () => {
    await open();
    const one = shop.visitor('new');
    const bytes = Buffer.byteLength('content of /b.css');
    const means = () => shop.manager.stats.means['prefetch-link'];
    await one.navigate('/', own);
    expect(means()).toEqual({ sent: 1, used: 0, sentBytes: bytes, wastedBytes: bytes });
    const reply = await one.navigate('/about', { ...fromHome, 'sec-purpose': 'prefetch' });
    expect(means()).toMatchObject({ used: 0 });
    const rules = /"(.*)"/.exec(String(reply.headers['speculation-rules']))?.[1] ?? '';
    await one.get(rules);
    expect(means()).toEqual({ sent: 1, used: 1, sentBytes: bytes, wastedBytes: 0 });
  });

  it('are on a page that is fetched ahead, and count when it is shown', async () => {
    await open({}, { '/about': 0.4, '/product/1': 0.4 });
    const one = shop.visitor('new');
    await one.navigate('/fast', own);
    const reply = await one.navigate('/', { ...own, 'sec-purpose': 'prefetch' });
    expect(prefetched(reply)).toEqual(['/b.css']);
    const sent = () => shop.manager.stats.means['prefetch-link'].sent;
    // Of the page fetched ahead nothing is counted yet.
    const before = sent();
    await one.get(/"(.*)"/.exec(String(reply.headers['speculation-rules']))?.[1] ?? '');
    expect(sent()).toBe(before + 1);
  });

  it('keep no response until its page is shown', async () => {
    await open({}, { '/about': 0.4, '/product/1': 0.4 });
    const { manager } = shop;
    const handle = manager.handle.bind(manager);
    const responses: WeakRef<object>[] = [];
    manager.handle = (req, res) => {
      responses.push(new WeakRef(res));
      return handle(req, res);
    };
    const one = shop.visitor('new');
    const reply = await one.navigate('/', { ...own, 'sec-purpose': 'prefetch' });
    expect(prefetched(reply)).toEqual(['/b.css']);
    await one.get('/fast');
    // What was held in this turn of the event loop stays until it is over.
    await new Promise(setImmediate);
    collectGarbage();
    expect(responses[0]?.deref()).toBeUndefined();
  });

  it('teach nothing when browsers follow them', async () => {
    await open();
    const observeResource = jest.spyOn(shop.manager.predictor, 'observeResource');
    const one = shop.visitor('new');
    await one.navigate('/', own);
    await one.load('/b.css', 'style', '/', { 'sec-purpose': 'prefetch' });
    expect(observeResource).not.toHaveBeenCalled();
  });
});
