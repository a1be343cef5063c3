import { createServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import express from 'express';
import { bearerToken, cookieToken, headstart, lazyAuth, overHttp2 } from '../../lib/index';
import type { HeadstartOptions } from '../../lib/index';
import { linkTargets, Visitor } from '../delivery/visitor';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';

const apiKey = 'X-Key';
const options: HeadstartOptions = {
  serverPush: { minClients: 1, minConfidence: 0.01, minThinkMs: 0, minPageConfidence: 0.01 },
  responseCache: {},
};

/** How a user sends a credential that no cache knows of as one, and by those it does. */
const ways = {
  cookie: (name: string) => ({ cookie: `theme=dark; who=${name}` }),
  authorization: (name: string) => ({ authorization: `Bearer ${name}` }),
  'a header of the app': (name: string) => ({ [apiKey]: name }),
} as const;

/** Pages of users, by an app that thinks of nothing but how long they stay good. */
function makeApp() {
  const app = express();
  const auth = lazyAuth({
    verify: (name) => ({ sub: name }),
    schemes: [
      bearerToken(),
      cookieToken('who'),
      { name: 'Key', extract: (req) => req.headers[apiKey.toLowerCase()]?.toString() },
    ],
  });
  app.use(headstart(options));
  app.use((_req, res, next) => {
    res.set('Cache-Control', 'max-age=600');
    next();
  });
  app.use(auth);
  app.get('/account', auth.requireAuth(), async (req, res) => {
    const name = (await auth.of(req).user())?.sub ?? '';
    const files = `<link rel=stylesheet href=/files/${name}.css><script src=/files/${name}.js></script>`;
    res.send(`<title>${name}</title><body>${files}<a href=/mine/${name}>mine</a>`);
  });
  app.get('/files/:file', auth.requireAuth(), async (req, res) => {
    const name = (await auth.of(req).user())?.sub ?? '';
    res.type(req.params.file.endsWith('css') ? 'css' : 'js').send(`/* of ${name} */`);
  });
  app.get('/mine/:name', auth.requireAuth(), (req, res) => {
    res.send(`<title>of ${req.params.name}</title>`);
  });
  app.get('/says-public', auth.requireAuth(), (_req, res) => {
    res.set('Cache-Control', 'public, max-age=600').send('for all');
  });
  app.get('/says-nothing', async (req, res) => {
    res.removeHeader('Cache-Control');
    res.send((await auth.of(req).user())?.sub);
  });
  app.get('/says-late', async (req, res) => {
    const user = await auth.of(req).user();
    res.writeHead(200, { 'Cache-Control': 'max-age=600' }).end(user?.sub);
  });
  app.get('/public', (_req, res) => void res.send('for all'));
  return app;
}

describe.each(Object.entries(ways))('a page for whom %s names', (_way, credentials) => {
  let server: Server;
  const visitors: Visitor[] = [];

  function visitor(agent: string): Visitor {
    const { port } = server.address() as AddressInfo;
    const one = new Visitor(`http://127.0.0.1:${port}`, agent, true);
    visitors.push(one);
    return one;
  }

  beforeEach(async () => {
    server = createServer(overHttp2(makeApp()));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await Promise.all(visitors.splice(0).map((one) => one.close()));
    await new Promise((resolve) => void server.close(resolve));
  });

  it('is never shown to another, nor its files and the URLs in it', async () => {
    for (const device of ['desk', 'phone', 'sofa', 'train']) {
      const ann = visitor(`Ann's ${device}`);
      const headers = { ':authority': 'shop.test', ...credentials('ann') };
      const page = await ann.navigate('/account', headers);
      expect(page.body).toContain('<title>ann</title>');
      expect(page.headers['cache-control']).toBe('max-age=600, private');
      await ann.load('/files/ann.css', 'style', '/account', headers);
      await ann.load('/files/ann.js', 'script', '/account', headers);
      await ann.navigate('/mine/ann', { ...headers, referer: 'http://shop.test/account' });
    }
    const ben = visitor('Ben');
    for (const [name, one] of [
      ['ann', visitor('Ann')],
      ['ben', ben],
    ] as const) {
      const headers = { ':authority': 'shop.test', ...credentials(name) };
      expect((await one.navigate('/says-late', headers)).body).toBe(name);
    }
    for (let view = 0; view < 3; view++) {
      const headers = { ':authority': 'shop.test', ...credentials('ben') };
      const page = await ben.navigate('/account', headers);
      expect(page.body).toContain('<title>ben</title>');
      const rules = /"(.*)"/.exec(String(page.headers['speculation-rules'] ?? ''))?.[1];
      const set = rules === undefined ? '' : (await ben.get(rules)).body;
      const pushed = (await Promise.all(ben.pushes)).map(({ path }) => path);
      const told = [...page.early, page.headers].flatMap(linkTargets);
      expect(JSON.stringify([told, pushed, set])).not.toContain('ann');
      // Even where he asks for what he must not know.
      expect((await ben.load('/files/ann.css', 'style', '/account', headers)).body).toContain(
        'ben',
      );
    }
    const stranger = await visitor('Nobody').navigate('/account', { ':authority': 'shop.test' });
    expect(stranger.status).toBe(401);
  });
});

describe.each(transports)('who may keep an answer, over $name', (transport) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await transport.serve(overHttp2(makeApp()));
  });
  afterEach(() => server.close());

  const controlOf = async (path: string) =>
    (await server.request({ path, headers: { cookie: 'who=ann' } })).headers['cache-control'];

  it('is only the one who asked, once a handler looked', async () => {
    expect(await controlOf('/account')).toBe('max-age=600, private');
  });

  it('is who the app says', async () => {
    expect(await controlOf('/says-public')).toBe('public, max-age=600');
  });

  it('is only the one who asked where the app says nothing and looks without a guard', async () => {
    expect(await controlOf('/says-nothing')).toBe('private');
  });

  it('is only the one who asked, where the app tells after it looked how long the answer is good', async () => {
    expect(await controlOf('/says-late')).toBe('max-age=600, private');
  });

  it('is not changed where nobody looked', async () => {
    expect(await controlOf('/public')).toBe('max-age=600');
  });
});

describe('an answer whose headers have left', () => {
  it('is left as it is when somebody looks then', async () => {
    const auth = lazyAuth({ verify: (name) => ({ sub: name }) });
    const app = express();
    app.use(auth, async (req, res) => {
      res.write('early, ');
      res.end((await auth.of(req).user())?.sub);
    });
    const server = await transports[0]!.serve(overHttp2(app));
    const { body } = await server.request({ headers: { authorization: 'Bearer ann' } });
    await server.close();
    expect(body).toBe('early, ann');
  });
});
