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
