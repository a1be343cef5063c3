import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerPushOptions } from '../../../lib/delivery/server-push-options';
import { Shop } from '../shop-app';
import { linkTargets } from '../visitor';

let shop: Shop;
const failures: unknown[] = [];
const onFailure = (failure: unknown): unknown => failures.push(failure);

async function open(resources: readonly string[], options?: ServerPushOptions): Promise<void> {
  shop = await Shop.open({ push: true, rules: [{ route: '/', resources }], ...options });
}

beforeEach(() => {
  failures.length = 0;
  subscribe('headstart:failure', onFailure);
});

afterEach(async () => {
  unsubscribe('headstart:failure', onFailure);
  await shop.close();
});

describe('PUSH_PROMISE', () => {
  it('delivers the bytes the app answers with', async () => {
    await open(['/app.css', '/app.js']);
    const ann = shop.visitor('Ann', true);
    const page = await ann.navigate('/');
    expect(await Promise.all(ann.pushes)).toMatchObject([
      { path: '/app.css', status: 200, body: 'content of /app.css' },
      { path: '/app.js', status: 200, body: 'content of /app.js' },
    ]);
    expect(page.early).toEqual([]);
    expect(page.headers.link).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it('is not sent to clients that disabled it; they are hinted', async () => {
    await open(['/app.css']);
    const ann = shop.visitor('Ann', false);
    const page = await ann.navigate('/');
    expect(ann.pushes).toEqual([]);
    expect(page.early.flatMap(linkTargets)).toEqual(['/app.css']);
    expect(failures).toEqual([]);
  });

  it('is off unless asked for', async () => {
    await open(['/app.css'], { push: false });
    const ann = shop.visitor('Ann', true);
    expect((await ann.navigate('/')).early).toHaveLength(1);
    expect(ann.pushes).toEqual([]);
  });

  it('is not repeated in a session', async () => {
    await open(['/app.css']);
    const ann = shop.visitor('Ann', true);
    await ann.navigate('/');
    await ann.navigate('/');
    expect(ann.pushes).toHaveLength(1);
  });

  it('carries no cookie of the page request', async () => {
    await open(['/app.css']);
    const ann = shop.visitor('Ann', true);
    await ann.navigate('/', { cookie: 'sid=secret', 'accept-encoding': 'gzip' });
    const [pushed] = await Promise.all(ann.pushes);
    expect(pushed?.promise).not.toHaveProperty('cookie');
    expect(pushed?.promise).toMatchObject({ ':method': 'GET', 'accept-encoding': 'gzip' });
  });

  it.each(['/private.css', '/session.css', '/missing.css'])(
    'cancels %s, of which the client sees nothing',
    async (path) => {
      await open([path, '/app.css']);
      const ann = shop.visitor('Ann', true);
      await ann.navigate('/');
      expect(await Promise.all(ann.pushes)).toMatchObject([
        { path, status: undefined, body: '', rstCode: 8 },
        { path: '/app.css', status: 200 },
      ]);
    },
  );

  it('is not used for what scripts fetch, which may depend on the cookie', async () => {
    await open(['/data.json']);
    const ann = shop.visitor('Ann', true);
    const page = await ann.navigate('/');
    expect(ann.pushes).toEqual([]);
    expect(page.early.flatMap(linkTargets)).toEqual(['/data.json']);
  });

  it('never leads to another: a pushed page pushes and hints nothing', async () => {
    shop = await Shop.open({
      push: true,
      rules: [
        { route: '/', resources: [{ url: '/about', as: 'image' }] },
        { route: '/about', resources: ['/app.css'] },
      ],
    });
    const ann = shop.visitor('Ann', true);
    await ann.navigate('/');
    expect(await Promise.all(ann.pushes)).toMatchObject([
      { path: '/about', status: 200, link: undefined },
    ]);
  });

  it('keeps to maxConcurrentPushes and hints the rest', async () => {
    await open(['/a.css', '/b.css', '/app.css'], { maxConcurrentPushes: 2 });
    const ann = shop.visitor('Ann', true);
    const page = await ann.navigate('/');
    expect((await Promise.all(ann.pushes)).map((one) => one.path)).toEqual(['/a.css', '/b.css']);
    expect(page.early.flatMap(linkTargets)).toEqual(['/app.css']);
  });

  it('goes on when earlier pushes have ended', async () => {
    shop = await Shop.open({
      push: true,
      maxConcurrentPushes: 1,
      rules: [
        { route: '/', resources: ['/a.css'] },
        { route: '/about', resources: ['/b.css'] },
      ],
    });
    const ann = shop.visitor('Ann', true);
    await ann.navigate('/');
    await Promise.all(ann.pushes);
    await ann.navigate('/about');
    expect((await Promise.all(ann.pushes)).map((one) => one.path)).toEqual(['/a.css', '/b.css']);
  });

  it('leaves the page whole when the client refuses', async () => {
    await open(['/app.css', '/a.css']);
    const ann = shop.visitor('Ann', true);
    ann.refusesPushes = true;
    const page = await ann.navigate('/');
    expect(page).toMatchObject({ status: 200, body: '<title>/</title>' });
    expect(await Promise.all(ann.pushes)).toMatchObject([{ body: '' }, { body: '' }]);
    expect((await ann.navigate('/about')).status).toBe(200);
    expect(failures).toEqual([]);
  });
});

describe('what may be pushed', () => {
  it('ends where maxPushBytes of a page are spent', async () => {
    // "content of /a.css" has 17 bytes.
    await open(['/a.css', '/b.css'], { maxPushBytes: 20 });
    const ann = shop.visitor('Ann', true);
    await ann.navigate('/');
    const [first, second] = await Promise.all(ann.pushes);
    expect(first).toMatchObject({ path: '/a.css', status: 200 });
    expect(second).toMatchObject({ path: '/b.css', status: undefined, rstCode: 8 });
  });

  it('is nothing the browser keeps: it asks whether its copy of the page is good', async () => {
    await open(['/app.css']);
    const ann = shop.visitor('Ann', true);
    await ann.navigate('/', { 'if-none-match': '"old"' });
    expect(ann.pushes).toEqual([]);
  });

  it('is asked for in the order of its use', async () => {
    await open(['/app.js', '/app.css']);
    const ann = shop.visitor('Ann', true);
    await ann.navigate('/');
    const pushed = await Promise.all(ann.pushes);
    expect(pushed.map(({ path, promise }) => [path, promise.priority])).toEqual([
      ['/app.js', 'u=1'],
      ['/app.css', 'u=0'],
    ]);
  });

  it('waits pushDelayMs for the page, which then names it itself', async () => {
    await open(['/app.css'], { pushDelayMs: 60_000 });
    const ann = shop.visitor('Ann', true);
    const page = await ann.navigate('/');
    expect(ann.pushes).toEqual([]);
    expect(linkTargets(page.headers)).toEqual(['/app.css']);
  });

  it('is pushed when the page takes longer than pushDelayMs', async () => {
    await open([], { pushDelayMs: 1, rules: [{ route: '/late', resources: ['/app.css'] }] });
    const ann = shop.visitor('Ann', true);
    let answer = (): void => undefined;
    shop.app.get('/late', (_req, res) => {
      answer = () => void res.type('html').send('late');
    });
    const page = ann.navigate('/late');
    while (ann.pushes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    answer();
    expect((await page).headers.link).toBeUndefined();
    expect(await Promise.all(ann.pushes)).toMatchObject([{ path: '/app.css', status: 200 }]);
  });
});
