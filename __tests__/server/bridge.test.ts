import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse, createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import connect from 'connect';
import type { Application, Request, Response } from 'express';
import bridgeOfOthers from 'http2-express-bridge';
import supertest from 'supertest';
import { Http2Request } from '../../lib/server/http2-request';
import { Http2Response } from '../../lib/server/http2-response';
import { overHttp2 } from '../../lib/server/over-http2';
import type { DualListener } from '../../lib/server/over-http2';
import { expressVersions } from '../support/express-versions';
import type { Express } from '../support/express-versions';
import { http1Client, http2Client } from '../support/test-client';
import type { Reply, Sent } from '../support/test-client';
import { listen, transports } from '../support/transports';
import type { Transport } from '../support/transports';

const [[, express5], [, express4]] = expressVersions as [[5, Express], [4, Express]];

async function ask(transport: Transport, listener: DualListener, sent?: Sent): Promise<Reply> {
  const server = await transport.serve(listener);
  try {
    return await server.request(sent);
  } finally {
    await server.close();
  }
}

type Push = (path: string, root: string) => Promise<void>;

const greet = (name: string) => (req: Request, res: Response) => {
  res.set('x-seen', req.get('x-own') ?? 'nothing').json([name, req.baseUrl, req.path]);
};

const json = { headers: { 'x-own': 'mine' } };

describe.each(transports)('over $name', (transport) => {
  test.each([
    ['5 in an app of Express 5', express5, express5],
    ['4 in an app of Express 5', express5, express4],
    ['5 in an app of Express 4', express4, express5],
    ['4 in an app of Express 4', express4, express4],
  ])('runs an app of Express %s', async (_name, outer, inner) => {
    const app = outer();
    const mounted = inner();
    const router = inner.Router();
    router.get('/page', greet('inner'));
    mounted.use('/router', router);
    app.use('/mounted', mounted as never);
    app.use(greet('outer'));
    const listener = overHttp2(app);
    const inside = await ask(transport, listener, { path: '/mounted/router/page', ...json });
    expect(inside).toMatchObject({ status: 200, headers: { 'x-seen': 'mine' } });
    expect(inside.json).toEqual(['inner', '/mounted/router', '/page']);
    const fallenThrough = await ask(transport, listener, { path: '/mounted/other' });
    expect(fallenThrough.json).toEqual(['outer', '', '/mounted/other']);
  });

  it('runs two copies of Express side by side', async () => {
    const replies = await Promise.all(
      [express5, express4].map((express, i) => {
        const app = express();
        app.get('/', greet(`copy ${i}`));
        return ask(transport, overHttp2(app));
      }),
    );
    expect(replies.map((reply) => reply.json)).toEqual([
      ['copy 0', '', '/'],
      ['copy 1', '', '/'],
    ]);
  });

  it('runs an app wrapped by http2-express-bridge', async () => {
    const app: Application = bridgeOfOthers(express4 as never) as never;
    app.use(express4.json());
    app.post('/', (req, res) => {
      res.cookie('a', '1').set('x-seen', req.get('x-own')).json([req.body, req.hostname]);
    });
    const reply = await ask(transport, overHttp2(app), {
      body: '{"b":2}',
      withLength: false,
      headers: { 'content-type': 'application/json', 'x-own': 'mine' },
    });
    expect(reply).toMatchObject({ status: 200, headers: { 'x-seen': 'mine' } });
    expect(reply.json).toEqual([{ b: 2 }, 'localhost']);
  });

  it('runs a router and a mounted app in an app wrapped by http2-express-bridge', async () => {
    const app: Application = bridgeOfOthers(express4 as never) as never;
    const mounted = express4();
    mounted.get('/page', greet('mounted'));
    app.use('/mounted', mounted as never);
    app.use('/router', express4.Router().get('/page', greet('router')));
    const listener = overHttp2(app);
    const inRouter = await ask(transport, listener, { path: '/router/page' });
    expect(inRouter.json).toEqual(['router', '/router', '/page']);
    const inMounted = await ask(transport, listener, { path: '/mounted/page' });
    expect(inMounted.json).toEqual(['mounted', '/mounted', '/page']);
  });

  it('keeps res.push of an app wrapped by http2-express-bridge', async () => {
    const app: Application = bridgeOfOthers(express4 as never) as never;
    app.get('/', async (_req, res) => {
      await (res as never as { push: Push }).push('/bridge.test.ts', __dirname);
      res.send('page');
    });
    const { body, pushed } = await ask(transport, overHttp2(app));
    expect(body).toBe('page');
    const file = readFileSync(__filename, 'utf8');
    expect(pushed).toEqual(transport.httpVersion === '2.0' ? [['/bridge.test.ts', file]] : []);
  });

  it('answers although res.push names a file that is missing', async () => {
    const log = jest.spyOn(console, 'error').mockReturnValue();
    const app: Application = bridgeOfOthers(express4 as never) as never;
    app.get('/', async (_req, res) => {
      await (res as never as { push: Push }).push('/missing.css', __dirname);
      res.send('page');
    });
    expect((await ask(transport, overHttp2(app))).body).toBe('page');
    expect(log).toHaveBeenCalledTimes(transport.httpVersion === '2.0' ? 1 : 0);
    log.mockRestore();
  });

  it('sends the bytes that were written, empty writes among them or not', async () => {
    const text = '0123456789abcdef'.repeat(1024);
    const listener = overHttp2((_req: IncomingMessage, res: ServerResponse) => {
      res.write('');
      res.write(text);
      res.write('');
      res.end('');
    });
    const server = await transport.serve(listener);
    try {
      for (let i = 0; i < 20; i++) expect((await server.request()).body).toBe(text);
    } finally {
      await server.close();
    }
  });

  it('runs a Connect app', async () => {
    const app = connect();
    app.use('/page', (req, res) => {
      res.setHeader('x-url', String(req.url));
      res.end(`connect ${req.headers['host']?.split(':')[0]}`);
    });
    const reply = await ask(transport, overHttp2(app), { path: '/page/1' });
    expect(reply).toMatchObject({ headers: { 'x-url': '/1' }, body: 'connect localhost' });
  });

  it('runs an Express app mounted in a Connect app, and what comes after it', async () => {
    const app = connect();
    const mounted = express5();
    mounted.get('/page', greet('mounted'));
    app.use('/mounted', overHttp2(mounted));
    app.use((_req, res) => res.end('after'));
    const listener = overHttp2(app);
    const inside = await ask(transport, listener, { path: '/mounted/page' });
    expect(inside.json).toMatchObject(['mounted', expect.anything(), '/page']);
    expect(await ask(transport, listener, { path: '/mounted/x' })).toMatchObject({ body: 'after' });
  });

  it('runs a bare listener', async () => {
    const listener = (req: IncomingMessage, res: ServerResponse) => {
      res.writeHead(201, 'Odd', { 'x-length': String(req.headers['transfer-encoding']) });
      req.pipe(res);
    };
    const reply = await ask(transport, overHttp2(listener), { body: 'echo', withLength: false });
    expect(reply).toMatchObject({ status: 201, body: 'echo', headers: { 'x-length': 'chunked' } });
  });

  it('shows handlers an IncomingMessage and a ServerResponse', async () => {
    const app = express5();
    app.get('/', (req, res) => {
      res.json([req instanceof IncomingMessage, res instanceof ServerResponse, req.httpVersion]);
    });
    const { httpVersion } = transport;
    expect((await ask(transport, overHttp2(app))).json).toEqual([true, true, httpVersion]);
  });
});

describe.each(expressVersions)('the bridge of Express %d', (_major, express) => {
  const chainOf = (start: object): object[] => {
    const chain: object[] = [];
    for (let link = start; link !== null; link = Object.getPrototypeOf(link)) chain.push(link);
    return chain;
  };

  it('is installed once, however many apps and listeners there are', () => {
    const first = express();
    overHttp2(first);
    const before = [chainOf(express.request), chainOf(express.response)];
    const again = overHttp2(first);
    overHttp2(again);
    overHttp2(express());
    const after = [chainOf(express.request), chainOf(express.response)];
    expect(after.map((chain) => chain.length)).toEqual(before.map((chain) => chain.length));
    expect(after.flat().every((link, i) => link === before.flat()[i])).toBe(true);
  });

  it('answers once when a listener is wrapped twice', async () => {
    const app = express();
    app.get('/', greet('twice'));
    for (const transport of transports) {
      const reply = await ask(transport, overHttp2(overHttp2(app)));
      expect(reply.json).toEqual(['twice', '', '/']);
    }
  });

  it('leaves an app alone that http.createServer serves', async () => {
    const app = express();
    app.get('/', greet('plain'));
    overHttp2(app);
    const server = await listen(createHttp1Server(app), 'http', http1Client);
    expect((await server.request()).json).toEqual(['plain', '', '/']);
    await server.close();
  });

  it('serves requests and responses that a server makes of its classes', async () => {
    const app = express();
    app.use(express.text());
    app.post('/', (req, res) => void res.send(`got ${req.body}`));
    const server = createHttp2Server(
      { Http2ServerRequest: Http2Request as never, Http2ServerResponse: Http2Response as never },
      overHttp2(app),
    );
    const served = await listen(server, 'http', http2Client);
    const headers = { 'content-type': 'text/plain' };
    const reply = await served.request({ body: 'text', withLength: false, headers });
    expect(reply).toMatchObject({ status: 200, body: 'got text' });
    await served.close();
  });

  it('serves supertest over HTTP/2 and HTTP/1.1', async () => {
    const app = express();
    app.post('/', express.json(), (req, res) => void res.json([req.httpVersion, req.body]));
    const listener = overHttp2(app);
    const over2 = await supertest(listener, { http2: true }).post('/').send({ a: 1 });
    const over1 = await supertest(listener).post('/').send({ a: 1 });
    expect([over2.body, over1.body]).toEqual([
      ['2.0', { a: 1 }],
      ['1.1', { a: 1 }],
    ]);
  });
});

test.each([undefined, null, {}, 'app'])('refuses %p for an app, by name', (app) => {
  expect(() => overHttp2(app as never)).toThrow(
    new TypeError(
      `overHttp2: app must be an Express or Connect app or a request listener, got ${
        typeof app === 'string' ? `'${app}'` : JSON.stringify(app)
      }`,
    ),
  );
});
