import type { Request, RequestHandler } from 'express';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { transports } from '../support/transports';
import { CachedSite, statusOf } from './cached-site';

const share = 'public, max-age=60';

/** The same over every protocol: what one client says must not reach another. */
describe.each(transports)('over $name, what one client sends', (transport) => {
  let site: CachedSite;

  beforeAll(async () => {
    site = await CachedSite.open({
      transport,
      routes: (app) => {
        app.set('trust proxy', true);
        const reflect =
          (what: (req: Request) => unknown): RequestHandler =>
          (req, res) =>
            void res
              .set('Cache-Control', share)
              .type('txt')
              .send(String(what(req)));
        app.get(
          '/host',
          reflect((req) => req.hostname),
        );
        app.get(
          '/proto',
          reflect((req) => req.protocol),
        );
        app.get(
          '/port',
          reflect((req) => req.get('x-forwarded-port')),
        );
        app.get(
          '/rewrite',
          reflect((req) => req.get('x-original-url') ?? req.url),
        );
        app.all(
          '/method',
          reflect((req) => req.get('x-http-method-override') ?? req.method),
        );
        app.get(
          '/query',
          reflect((req) => req.url),
        );
        app.get('/fat', (req, res) => {
          void text(req).then((body) => res.set('Cache-Control', share).send(`body: ${body}`));
        });
        app.get('/origin', (req, res) => {
          res.set('Cache-Control', share);
          res.set('Access-Control-Allow-Origin', req.get('origin') ?? '*').send('data');
        });
        app.get('/user', (req, res) => {
          res.set('Cache-Control', 'max-age=60').send(`user ${req.get('cookie') ?? 'nobody'}`);
        });
        app.get('/bearer', (req, res) => {
          res
            .set('Cache-Control', 'max-age=60')
            .send(`user ${req.get('authorization') ?? 'nobody'}`);
        });
        app.get('/login', (_req, res) => {
          res.set('Cache-Control', share).cookie('session', 'secret').send('welcome');
        });
        app.get('/broken', (req, res) => {
          const isBad = req.get('x-bad') !== undefined;
          res
            .status(isBad ? 400 : 200)
            .set('Cache-Control', share)
            .send(isBad ? 'bad' : 'good');
        });
      },
    });
  });
  afterAll(() => site.close());

  it.each([
    ['/host', { 'x-forwarded-host': 'evil.test' }, 'localhost'],
    ['/port', { 'x-forwarded-port': '666' }, 'undefined'],
    ['/rewrite', { 'x-original-url': '/admin' }, '/rewrite'],
    ['/method', { 'x-http-method-override': 'DELETE' }, 'GET'],
  ])('to %s in %p stays with it', async (path, headers, expected) => {
    const poisoned = await site.ask({ path, headers });
    const clean = await site.ask(path);
    expect(clean.body).toBe(expected);
    expect(poisoned.body).not.toBe(expected);
    expect((await site.ask({ path, headers })).body).toBe(poisoned.body);
    expect((await site.ask(path)).body).toBe(expected);
  });

  it('as protocol of a proxy stays with it', async () => {
    const before = await site.ask('/proto');
    const other = before.body === 'http' ? 'https' : 'http';
    const headers = { 'x-forwarded-proto': other };
    expect((await site.ask({ path: '/proto', headers })).body).toBe(other);
    expect((await site.ask('/proto')).body).toBe(before.body);
  });

  it('in the body of a GET stays with it', async () => {
    const fat = await site.ask({ path: '/fat', method: 'GET', body: 'evil' });
    expect(fat.body).toBe('body: evil');
    expect(statusOf(fat)).toBe('headstart; fwd=bypass');
    const open = await site.ask({
      path: '/fat',
      method: 'GET',
      body: 'evil',
      withLength: false,
      headers: transport.httpVersion === '1.1' ? { 'transfer-encoding': 'chunked' } : {},
    });
    expect(statusOf(open)).toBe('headstart; fwd=bypass');
    expect((await site.ask('/fat')).body).toBe('body: ');
  });

  it('as order or spelling of the query stays apart', async () => {
    const targets = ['/query?a=1&b=2', '/query?b=2&a=1', '/query?a=1&b=2&', '/query?A=1&b=2'];
    for (const path of targets) {
      expect((await site.ask(path)).body).toBe(path);
      expect((await site.ask(path)).body).toBe(path);
    }
  });

  it('as Origin is answered to that origin only', async () => {
    const allowed = async (origin?: string) => {
      const headers = origin === undefined ? {} : { origin };
      const reply = await site.ask({ path: '/origin', headers });
      return reply.headers['access-control-allow-origin'];
    };
    expect(await allowed('https://a.test')).toBe('https://a.test');
    expect(await allowed('https://b.test')).toBe('https://b.test');
    expect(await allowed('https://a.test')).toBe('https://a.test');
    expect(await allowed()).toBe('*');
  });

  it.each([
    ['/user', 'cookie', 'session=alice'],
    ['/bearer', 'authorization', 'Bearer alice'],
  ])(
    'to %s as %s reaches nobody else, and nobody else gets its page',
    async (path, name, value) => {
      const mine = await site.ask({ path, headers: { [name]: value } });
      expect(mine.body).toBe(`user ${value}`);
      expect((await site.ask(path)).body).toBe('user nobody');
      expect((await site.ask(path)).body).toBe('user nobody');
      expect(statusOf(await site.ask(path))).toMatch(/hit/);
      const again = await site.ask({ path, headers: { [name]: value } });
      expect(again.body).toBe(`user ${value}`);
    },
  );

  it('to be given a cookie is not given to the next', async () => {
    await site.ask('/login');
    const second = await site.ask('/login');
    expect(statusOf(second)).toBe('headstart; fwd=uri-miss');
  });

  it('to provoke an error provokes none for others', async () => {
    expect((await site.ask({ path: '/broken', headers: { 'x-bad': '1' } })).status).toBe(400);
    expect((await site.ask('/broken')).body).toBe('good');
  });
});

it('keeps an absolute request target of another host apart', async () => {
  const site = await CachedSite.open({
    transport: transports.find(({ name }) => name === 'HTTP/1.1') as (typeof transports)[number],
    routes: (app) => {
      app.use((req, res) => void res.set('Cache-Control', share).send(`url ${req.url}`));
    },
  });
  const ask = async (target: string) => {
    const socket = connect(site.port, '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${site.host}\r\nConnection: close\r\n\r\n`);
    return text(socket);
  };
  expect(await ask('http://evil.test/x')).toContain('url http://evil.test/x');
  expect(await ask('/x')).toContain('url /x');
  expect(await ask('/x')).toMatch(/hit[^]*url \/x/);
  await site.close();
});
