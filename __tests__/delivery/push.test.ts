import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import express from 'express';
import type { Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http2';
import { push } from '../../lib/delivery/push';
import type { PushPredictor } from '../../lib/delivery/server-push-options';
import { serverPush } from '../../lib/delivery/server-push';
import { overHttp2 } from '../../lib/server/over-http2';
import { linkTargets, Visitor } from './visitor';

let server: Server;
let ann: Visitor;

async function open(app: express.Express, takesPush = false): Promise<void> {
  server = createServer(overHttp2(app));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ann = new Visitor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'Ann', takesPush);
}

const home: express.RequestHandler = (_req, res) => {
  res.send('<title>home</title>');
};

function brokenPredictor(fail: () => never): PushPredictor {
  return {
    observePage: fail,
    observeResource: fail,
    observeThinkTime: fail,
    forget: fail,
    predictPages: fail,
    predictResources: fail,
    thinkTimeMs: fail,
  };
}

describe('push', () => {
  afterEach(async () => {
    await ann.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sends a 103 by itself where no serverPush() is mounted', async () => {
    const app = express();
    app.get('/', push('/app.css', { url: '/logo', as: 'image' }), home);
    await open(app);
    const page = await ann.navigate('/');
    expect(page.early.map(({ link }) => link)).toEqual([
      '</app.css>; rel=preload; as=style, </logo>; rel=preload; as=image',
    ]);
  });

  it('hints once when several routes of a request name something', async () => {
    const app = express();
    app.get('/', push('/app.css'), push('/app.css', '/app.js'), home);
    await open(app);
    const page = await ann.navigate('/');
    expect(page.early.map(linkTargets)).toEqual([['/app.css']]);
    expect(linkTargets(page.headers)).toEqual(['/app.js']);
  });

  it('adds to what serverPush() gave, without repeating it', async () => {
    const app = express();
    app.use(serverPush({ rules: [{ route: '/', resources: ['/app.css'] }] }));
    app.get('/', push('/app.css', '/app.js'), home);
    await open(app);
    const page = await ann.navigate('/');
    expect(page.early.map(linkTargets)).toEqual([['/app.css']]);
    expect(linkTargets(page.headers)).toEqual(['/app.js']);
  });

  it('follows the options of serverPush()', async () => {
    const app = express();
    app.use(serverPush({ push: true }));
    app.get('/', push('/app.css'), home);
    app.get('/app.css', (_req, res) => {
      res.type('css').send('a {}');
    });
    await open(app, true);
    const page = await ann.navigate('/');
    expect(page.early).toEqual([]);
    expect(await Promise.all(ann.pushes)).toMatchObject([{ path: '/app.css', body: 'a {}' }]);
  });

  it('leaves the page whole when the model fails, and says so', async () => {
    const fail = (): never => {
      throw new Error('broken model');
    };
    const failures: unknown[] = [];
    const onFailure = (failure: unknown): unknown => failures.push(failure);
    const app = express();
    app.use(serverPush({ predictor: brokenPredictor(fail) }));
    app.get('/', push('/app.css'), home);
    await open(app);
    subscribe('headstart:failure', onFailure);
    const page = await ann.navigate('/');
    unsubscribe('headstart:failure', onFailure);
    expect(page).toMatchObject({ status: 200, body: '<title>home</title>' });
    expect(failures).toMatchObject([{ part: 'serverPush', error: { message: 'broken model' } }]);
  });

  it('keeps the links a page sets itself', async () => {
    const app = express();
    app.use(serverPush({ earlyHints: false }));
    app.get('/', push('/app.css', '/app.js'), (_req, res) => {
      res.set('link', '</app.css>; rel=preload; as=style').send('<title>home</title>');
    });
    await open(app);
    expect((await ann.navigate('/')).headers.link).toBe(
      '</app.css>; rel=preload; as=style, </app.js>; rel=preload; as=script',
    );
  });

  it('adds no links to answers that are no pages', async () => {
    const app = express();
    app.use(serverPush({ earlyHints: false }));
    app.get('/', push('/app.css'), (_req, res) => {
      res.json({});
    });
    await open(app);
    expect((await ann.navigate('/')).headers.link).toBeUndefined();
  });
});

describe('push options', () => {
  it.each([[{}], ['app.css'], ['/logo'], [{ url: '/a.css\r\nx: y' }]])(
    'refuses %j when the route is made',
    (resource) => {
      expect(() => push(resource as string)).toThrow(TypeError);
    },
  );
});
