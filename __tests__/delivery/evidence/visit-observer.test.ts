import { Shop } from '../shop-app';

let shop: Shop;

afterEach(() => shop.close());

describe('what is learned', () => {
  it('is given after three clients needed it, not after two', async () => {
    shop = await Shop.open();
    await shop.teach('/', ['/app.css'], ['1', '2']);
    expect(await shop.hintsFor('/')).toEqual([]);
    await shop.teach('/', ['/app.css'], ['3']);
    expect(await shop.hintsFor('/')).toEqual(['/app.css']);
  });

  it('takes more than one client however often that one comes', async () => {
    shop = await Shop.open();
    for (let i = 0; i < 20; i++) await shop.teach('/', ['/app.css'], ['same']);
    expect(await shop.hintsFor('/')).toEqual([]);
  });

  it('serves pages of the same route that nobody has seen', async () => {
    shop = await Shop.open();
    await shop.teach('/product/1', ['/product.css'], ['1', '2']);
    await shop.teach('/product/2', ['/product.css'], ['3', '4']);
    expect(await shop.hintsFor('/product/999')).toEqual(['/product.css']);
  });

  it('counts fonts of a stylesheet for the page that used the stylesheet', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/');
      await one.load('/app.css', 'style', '/');
      await one.load('/font.woff2', 'font', '/app.css');
    }
    const [early] = (await shop.visitor().navigate('/')).early;
    expect(early?.link).toBe(
      '</app.css>; rel=preload; as=style, </font.woff2>; rel=preload; as=font; crossorigin',
    );
  });

  it('asks for module scripts in the mode in which pages ask for them', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/');
      await one.load('/app.js', 'script', '/', { 'sec-fetch-mode': 'cors' });
    }
    const [early] = (await shop.visitor().navigate('/')).early;
    expect(early?.link).toBe('</app.js>; rel=preload; as=script; crossorigin');
  });

  it('goes by the latest page when pages forbid the Referer', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/about');
      await one.load('/app.css', 'style', '/about', { referer: undefined });
    }
    expect(await shop.hintsFor('/about')).toEqual(['/app.css']);
  });

  it.each([
    ['private', '/private.css'],
    ['with a cookie', '/session.css'],
    ['missing', '/missing.css'],
    ['with a query', '/app.css?token=1'],
    ['an action', '/logout'],
  ])('is no response that is %s', async (_case, path) => {
    shop = await Shop.open();
    await shop.teach('/', [path, '/b.css']);
    expect(await shop.hintsFor('/')).toEqual(['/b.css']);
  });

  it('is no response to a request with credentials', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/');
      await one.load('/app.css', 'style', '/', { authorization: 'Basic QTpC' });
    }
    expect(await shop.hintsFor('/')).toEqual([]);
  });

  it('is nothing that another site asked for', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/');
      await one.load('/app.css', 'style', '/', { referer: 'http://other.test/' });
    }
    expect(await shop.hintsFor('/')).toEqual([]);
  });

  it('does not come from prefetched pages', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/', { 'sec-purpose': 'prefetch;prerender' });
      await one.load('/app.css', 'style', '/', { 'sec-purpose': 'prefetch;prerender' });
    }
    expect(await shop.hintsFor('/')).toEqual([]);
  });

  it('comes from prefetched pages as soon as they are shown', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/', { 'sec-purpose': 'prefetch' });
      await one.load('/app.css', 'style', '/');
    }
    expect(await shop.hintsFor('/')).toEqual(['/app.css']);
  });

  it('does not come from robots', async () => {
    shop = await Shop.open();
    const robots = [
      'Mozilla/5.0 (compatible; Googlebot/2.1)',
      'bingbot/2.0',
      'AhrefsBot',
      'curl/8',
    ];
    await shop.teach('/', ['/app.css'], robots);
    expect(await shop.hintsFor('/')).toEqual([]);
  });

  /** Clients with a cookie need what says nothing of caching, and what is declared public. */
  async function teachWithCookie(): Promise<void> {
    for (const agent of ['1', '2', '3', '4']) {
      const one = shop.visitor(agent);
      await one.navigate('/', { cookie: 'sid=1' });
      for (const path of ['/bare.css', '/app.css']) {
        await one.load(path, 'style', '/', { cookie: 'sid=1' });
      }
    }
  }

  it('is nothing that only clients with a cookie get, unless it is declared public', async () => {
    shop = await Shop.open();
    await teachWithCookie();
    expect(await shop.hintsFor('/')).toEqual(['/app.css']);
  });

  it('is what clients with a cookie get if one without got it too', async () => {
    shop = await Shop.open();
    await shop.visitor('without').load('/bare.css', 'style', '/');
    await teachWithCookie();
    const known = shop.manager.predictor.predictResources('/').map((one) => one.target);
    expect(known.sort()).toEqual(['/app.css', '/bare.css']);
  });

  it('is nothing that scripts fetch, unless browsers may reuse it', async () => {
    shop = await Shop.open();
    for (const agent of ['1', '2', '3']) {
      const one = shop.visitor(agent);
      await one.navigate('/');
      for (const path of ['/stale.css', '/a.css']) await one.load(path, 'empty', '/');
    }
    const reply = await shop.visitor().navigate('/');
    expect(reply.early[0]?.link).toBe('</a.css>; rel=preload; as=fetch; crossorigin');
    expect(reply.headers.link).toBeUndefined();
  });

  it('names private pages by their route only', async () => {
    shop = await Shop.open();
    const observePage = jest.spyOn(shop.manager.predictor, 'observePage');
    await shop.visitor().navigate('/account/alice');
    expect(observePage.mock.calls.map(([visit]) => visit.page)).toEqual(['/account/:user']);
  });

  it('names private pages of a router only where several clients came', async () => {
    shop = await Shop.open();
    const observePage = jest.spyOn(shop.manager.predictor, 'observePage');
    for (let i = 0; i < 5; i++) await shop.visitor().navigate('/members/alice/home');
    for (const agent of ['1', '2', '3']) await shop.visitor(agent).navigate('/club/home');
    expect(observePage.mock.calls.map(([visit]) => visit.page)).toEqual(['/club/home']);
  });

  it('is not forgotten because one client is refused', async () => {
    shop = await Shop.open();
    await shop.teach('/', ['/a.css']);
    shop.isRefusing = true;
    const bob = shop.visitor('Bob');
    shop.dice = 0;
    await bob.navigate('/');
    expect((await bob.load('/a.css', 'style', '/')).status).toBe(403);
    shop.dice = 0.5;
    expect(await shop.hintsFor('/')).toEqual(['/a.css']);
  });

  it('is forgotten when it turns out private', async () => {
    shop = await Shop.open();
    await shop.teach('/', ['/a.css']);
    expect(await shop.hintsFor('/')).toEqual(['/a.css']);
    shop.isRestricted = true;
    const bob = shop.visitor('Bob');
    shop.dice = 0;
    await bob.navigate('/');
    await bob.load('/a.css', 'style', '/');
    shop.dice = 0.5;
    expect(await shop.hintsFor('/')).toEqual([]);
  });

  it('keeps its chance while hinted clients ask for it or not', async () => {
    shop = await Shop.open();
    await shop.teach('/', ['/app.css', '/b.css']);
    const chances = () => shop.manager.predictor.predictResources('/').map((one) => one.confidence);
    const before = chances();
    for (let i = 0; i < 10; i++) {
      const one = shop.visitor(`hinted ${i}`);
      await one.navigate('/');
      if (i % 2 === 0) await one.load('/app.css', 'style', '/');
    }
    expect(chances()).toEqual(before);
  });
});
