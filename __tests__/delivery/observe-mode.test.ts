import type { Delivered } from '../../lib/delivery/page-delivery';
import { Shop } from './shop-app';

let shop: Shop;

afterEach(() => shop.close());

describe("mode: 'observe'", () => {
  it('sends nothing, and tells what it would have sent', async () => {
    const rules = [{ route: '/', resources: ['/app.css'] }];
    shop = await Shop.open({ mode: 'observe', rules, push: true });
    const delivered: Delivered[] = [];
    shop.manager.on('delivered', (event) => delivered.push(event));
    const pushing = shop.visitor('Ann', true);
    const replies = [await pushing.navigate('/'), await shop.visitor('Bob').navigate('/')];
    for (const { early, headers } of replies) {
      expect(early).toEqual([]);
      expect(headers.link).toBeUndefined();
      expect(headers['speculation-rules']).toBeUndefined();
    }
    expect(pushing.pushes).toEqual([]);
    expect(delivered).toEqual([
      { page: '/', means: 'push', targets: ['/app.css'], isSent: false },
      { page: '/', means: 'early-hints', targets: ['/app.css'], isSent: false },
    ]);
  });

  it('tells how often it would have been right', async () => {
    const rules = [{ route: '/', resources: ['/app.css', '/b.css'] }];
    shop = await Shop.open({ mode: 'observe', rules });
    const one = shop.visitor('Ann');
    await one.navigate('/');
    for (const path of ['/app.css', '/app.js', '/app.css']) await one.load(path, 'style', '/');
    const { accuracy, hours, means } = shop.manager.stats;
    expect(accuracy).toEqual({ views: 1, precision: 0.5, recall: 0.5 });
    expect(hours).toEqual([{ hoursAgo: 0, views: 1, precision: 0.5, recall: 0.5 }]);
    expect(means['early-hints'].sent).toBe(0);
  });

  it('learns as it does otherwise', async () => {
    shop = await Shop.open({ mode: 'observe' });
    await shop.teach('/', ['/app.css']);
    const targets: string[] = [];
    shop.manager.on('delivered', (event) => targets.push(...event.targets));
    await shop.hintsFor('/');
    expect(targets).toContain('/app.css');
  });
});

describe('statistics', () => {
  it('count what was hinted, what of it was fetched, and the head start it had', async () => {
    const rules = [{ route: '/slow/:id', resources: ['/app.css', '/b.css'] }];
    shop = await Shop.open({ rules });
    const one = shop.visitor('Ann');
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      shop.app.get('/slow/:id', (_req, res) => {
        release = () => void res.type('html').send('slow');
        resolve();
      });
    });
    const page = one.navigate('/slow/1');
    await asked;
    await one.load('/app.css', 'style', '/slow/1');
    shop.nowMs += 120;
    release();
    await page;
    const { means, savedMs } = shop.manager.stats;
    expect(means['early-hints']).toMatchObject({ sent: 2, used: 1 });
    expect(savedMs).toBe(120);
  });

  it('are kept by route, from the first view of which the route is known', async () => {
    shop = await Shop.open({ rules: [{ route: '/product/:id', resources: ['/app.css'] }] });
    for (const id of [1, 2]) await shop.visitor(`of ${id}`).navigate(`/product/${id}`);
    const { means, routes } = shop.manager.stats;
    expect(means['early-hints'].sent).toBe(2);
    expect(routes.map(({ route }) => route)).toEqual(['/product/:id']);
    expect(routes[0]?.means['early-hints'].sent).toBe(1);
  });

  it('learn the precision of hints from views that are given nothing', async () => {
    shop = await Shop.open();
    await shop.teach('/', ['/app.css']);
    shop.dice = 0;
    await shop.teach('/', ['/app.css', '/b.css'], ['control']);
    expect(shop.manager.stats.accuracy).toEqual({ views: 1, precision: 1, recall: 0.5 });
  });
});
