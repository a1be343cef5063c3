import type { Delivered } from '../../lib/delivery/page-delivery';
import type { Learned } from '../../lib/delivery/server-push-manager';
import { Shop } from './shop-app';
import { getOverHttp1, linkTargets, navigation } from './visitor';

const rules = [{ route: '/', resources: ['/app.css', '/app.js'] }];

let shop: Shop;

afterEach(() => shop.close());

describe('103 Early Hints', () => {
  it('arrive before the page, with the links of the rules', async () => {
    shop = await Shop.open({ rules });
    const reply = await shop.visitor().navigate('/');
    expect(reply.early).toHaveLength(1);
    expect(reply.early[0]).toMatchObject({
      ':status': 103,
      link: '</app.css>; rel=preload; as=style, </app.js>; rel=preload; as=script',
    });
    expect(reply).toMatchObject({ status: 200, body: '<title>/</title>' });
    expect(reply.headers.link).toBeUndefined();
  });

  it('carry crossorigin for fonts', async () => {
    shop = await Shop.open({ rules: [{ route: '/', resources: ['/font.woff2'] }] });
    const reply = await shop.visitor().navigate('/');
    expect(reply.early[0]?.link).toBe('</font.woff2>; rel=preload; as=font; crossorigin');
  });

  it('do not repeat what the session was given', async () => {
    shop = await Shop.open({ rules });
    const ann = shop.visitor();
    await ann.navigate('/');
    const again = await ann.navigate('/');
    expect(again.early).toHaveLength(0);
    expect(again.headers.link).toBeUndefined();
  });

  it('do not name what the session asked for by itself', async () => {
    shop = await Shop.open({ rules });
    const ann = shop.visitor();
    await ann.load('/app.css', 'style', '/');
    expect((await ann.navigate('/')).early.flatMap(linkTargets)).toEqual(['/app.js']);
  });

  it('go only to navigations', async () => {
    shop = await Shop.open({ rules });
    const others = [
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      { accept: 'text/html' },
      {},
    ];
    for (const headers of others) {
      expect((await shop.visitor().get('/', headers)).early).toEqual([]);
    }
    expect((await shop.visitor().navigate('/', { ':method': 'HEAD' })).early).toEqual([]);
  });

  it('spare clients that save data', async () => {
    shop = await Shop.open({ rules });
    const reply = await shop.visitor().navigate('/', { 'save-data': 'on' });
    expect(reply.early).toEqual([]);
    expect(reply.headers.link).toBeUndefined();
  });

  it.each(['prefetch', 'prefetch;prerender'])('are not sent to a %s', async (purpose) => {
    shop = await Shop.open({ rules });
    const reply = await shop.visitor().navigate('/', { 'sec-purpose': purpose });
    expect(reply.early).toEqual([]);
    expect(reply.headers.link).toBeUndefined();
  });

  it('are not sent over HTTP/1.1, where the page carries the links', async () => {
    shop = await Shop.open({ rules });
    const url = `${await shop.listenHttp1()}/`;
    const reply = await getOverHttp1(url, navigation);
    expect(reply.early).toEqual([]);
    expect(linkTargets(reply.headers)).toEqual(['/app.css', '/app.js']);
  });

  it('hold at most maxLinks links', async () => {
    shop = await Shop.open({
      rules: [{ route: '/', resources: ['/a.css', '/b.css', '/c.css'] }],
      maxLinks: 2,
    });
    const reply = await shop.visitor().navigate('/');
    expect(reply.early.flatMap(linkTargets)).toEqual(['/a.css', '/b.css']);
    expect(reply.headers.link).toBeUndefined();
  });

  it('hold at most 1024 bytes of links', async () => {
    const resources = Array.from({ length: 8 }, (_, i) => `/${i}${'x'.repeat(300)}.css`);
    shop = await Shop.open({ rules: [{ route: '/', resources }] });
    const reply = await shop.visitor().navigate('/');
    expect(String(reply.early[0]?.link).length).toBeLessThanOrEqual(1024);
    expect(reply.early.flatMap(linkTargets)).toHaveLength(3);
  });

  it('do not pay for a page that is answered at once', async () => {
    shop = await Shop.open({ rules: [{ route: '/fast', resources: ['/app.css'] }] });
    await shop.visitor('1').navigate('/fast');
    const reply = await shop.visitor('2').navigate('/fast');
    expect(reply.early).toEqual([]);
    expect(linkTargets(reply.headers)).toEqual(['/app.css']);
  });

  it('do not pay for a page that is made without waiting, however long that takes', async () => {
    // Node would send the 103 together with the page.
    shop = await Shop.open({ rules: [{ route: '/busy', resources: ['/app.css'] }] });
    await shop.visitor('1').navigate('/busy');
    const reply = await shop.visitor('2').navigate('/busy');
    expect(reply.early).toEqual([]);
    expect(linkTargets(reply.headers)).toEqual(['/app.css']);
  });

  it('leave what must be asked for again to the page, once that is known', async () => {
    shop = await Shop.open({ rules: [{ route: '/', resources: ['/stale.css', '/app.css'] }] });
    const ann = shop.visitor();
    expect((await ann.navigate('/')).early.flatMap(linkTargets)).toContain('/stale.css');
    await ann.load('/stale.css', 'style', '/');
    const reply = await shop.visitor('Bob').navigate('/');
    expect(reply.early.flatMap(linkTargets)).toEqual(['/app.css']);
    expect(linkTargets(reply.headers)).toEqual(['/stale.css']);
  });

  it('can be switched off', async () => {
    shop = await Shop.open({ rules, earlyHints: false, preloadLinks: false });
    const reply = await shop.visitor().navigate('/');
    expect(reply.early).toEqual([]);
    expect(reply.headers.link).toBeUndefined();
  });
});

describe('what is learned', () => {
  it('is withheld from one view in sixteen, so that it can be unlearned', async () => {
    shop = await Shop.open();
    await shop.teach('/', ['/app.css']);
    shop.dice = 0;
    expect(await shop.hintsFor('/')).toEqual([]);
    shop.dice = 0.99;
    expect(await shop.hintsFor('/')).toEqual(['/app.css']);
  });
});

describe('events', () => {
  it('tell what was learned and what was given', async () => {
    shop = await Shop.open();
    const learned: Learned[] = [];
    const delivered: Delivered[] = [];
    shop.manager.on('learned', (event) => learned.push(event));
    shop.manager.on('delivered', (event) => delivered.push(event));
    await shop.teach('/product/1', ['/product.css'], ['1', '2', '3', '4']);
    expect(learned).toEqual([{ page: '/product/:id', target: '/product.css', clients: 3 }]);
    const rules = { page: '/product/1', means: 'speculation-rules', targets: ['/product/:id'] };
    expect(delivered.map(({ page, means, targets }) => ({ page, means, targets }))).toEqual([
      rules,
      { page: '/product/1', means: 'early-hints', targets: ['/product.css'] },
      rules,
    ]);
    expect(delivered.every((event) => event.isSent)).toBe(true);
  });
});
