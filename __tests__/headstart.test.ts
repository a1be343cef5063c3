import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import connect from 'connect';
import express from 'express';
import {
  createServer,
  headstart,
  multiplexing,
  overHttp2,
  responseCache,
  serverPush,
  zeroCopy,
} from '../lib/index';
import type { HeadstartOptions } from '../lib/index';
import { linkTargets, Visitor } from './delivery/visitor';
import { expressVersions } from './support/express-versions';
import { http1Client, http2Client } from './support/test-client';
import { listen, transports } from './support/transports';
import type { TestServer } from './support/transports';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const pieces = Array.from({ length: 300 }, (_, index) => `<p>${index} – näme</p>`);

function inPieces(_req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('content-type', 'text/html; charset=utf-8');
  for (const piece of pieces) res.write(piece);
  res.end();
}

describe('headstart', () => {
  describe.each(transports)('over $name', (transport) => {
    it.each(expressVersions)(
      'leaves the bytes of an Express %i app as they are',
      async (_major, make) => {
        const app = make();
        app.use(headstart());
        app.get('/pieces', inPieces);
        app.get('/json', (_req, res) => void res.json({ big: 'x'.repeat(50_000) }));
        server = await transport.serve(overHttp2(app));
        expect((await server.request('/pieces')).body).toBe(pieces.join(''));
        expect((await server.request('/json')).json).toEqual({ big: 'x'.repeat(50_000) });
      },
    );

    it.each([
      ['headstart', headstart],
      ['serverPush', serverPush],
      ['zeroCopy', zeroCopy],
      ['multiplexing', multiplexing],
      ['responseCache', responseCache],
    ])('mounts %s in a Connect app by itself', async (_name, make) => {
      const app = connect();
      app.use(make());
      app.use(inPieces);
      server = await transport.serve(overHttp2(app));
      expect((await server.request('/')).body).toBe(pieces.join(''));
    });
  });

  it('answers from its cache, if it is asked to have one', async () => {
    const faster = headstart({ responseCache: {} });
    let made = 0;
    const app = express().use(faster);
    app.get('/', (_req, res) => {
      res.set('Cache-Control', 'public, max-age=60');
      for (const piece of pieces) res.write(piece);
      res.end(String(++made));
    });
    server = await listen(createServer(app, { tls: false }), 'http', http2Client);
    const first = await server.request('/');
    const second = await server.request('/');
    expect(second.headers['cache-status']).toMatch(/^headstart; hit/);
    expect([second.body, made]).toEqual([first.body, 1]);
    expect((await http1Client(server.origin).request('/')).body).toBe(first.body);
    expect(faster.responseCache?.cache.stats).toMatchObject({ hits: 2, entries: 1 });
  });

  it('keeps in its cache what is compressed already', async () => {
    const faster = headstart({ responseCache: {} });
    const app = express().use(faster);
    app.get('/', (_req, res) => {
      res.set('Cache-Control', 'public, max-age=60').send(pieces.join(''));
    });
    server = await listen(createServer(app, { tls: false }), 'http', http2Client);
    for (let i = 0; i < 2; i++) {
      for (const accepted of ['br', 'gzip', 'identity']) {
        const headers = { 'accept-encoding': accepted };
        const reply = await server.request({ path: '/', headers });
        expect(reply.headers['content-encoding'] ?? 'identity').toBe(accepted);
        expect(reply.headers['cache-status']).toMatch(i === 0 ? /stored$/ : /; hit/);
        const unpack = { br: brotliDecompressSync, gzip: gunzipSync }[accepted];
        expect(String(unpack === undefined ? reply.bytes : unpack(reply.bytes))).toBe(
          pieces.join(''),
        );
      }
    }
    expect(faster.responseCache?.cache.stats).toMatchObject({ hits: 3, entries: 3 });
    // The hits have cost no compression.
    expect(faster.dynamicCompression?.stats.responses).toEqual({ br: 1, gzip: 1 });
  });

  it('sends what its cache keeps without a copy', async () => {
    const faster = headstart({ responseCache: {} });
    const sent: unknown[] = [];
    const app = express();
    app.use(({ socket }, _res, next) => {
      const write = socket.write.bind(socket);
      socket.write = (chunk: Uint8Array, ...rest: never[]) => {
        sent.push(chunk);
        return write(chunk, ...rest);
      };
      next();
    });
    app.use(faster);
    app.get('/', (_req, res) => {
      res.set('Cache-Control', 'public, max-age=60').send(pieces.join(''));
    });
    server = await listen(createServer(app, { tls: false }), 'http', http1Client);
    const question = { path: '/', headers: { 'accept-encoding': 'br' } };
    await server.request(question);
    sent.length = 0;
    await server.request(question);
    const kept = faster.responseCache?.cache.lookup('/', question.headers)?.body.bytes;
    const isKept = (one: unknown) => Buffer.isBuffer(one) && one.buffer === kept?.buffer;
    expect(sent.filter(isKept)).toHaveLength(1);
  });

  it('pushes from its cache', async () => {
    let made = 0;
    const rules = [{ route: '/', resources: ['/app.css'] }];
    const app = express().use(headstart({ serverPush: { push: true, rules }, responseCache: {} }));
    app.get('/', (_req, res) => void res.type('html').send('<h1>Hello</h1>'));
    app.get('/app.css', (_req, res) => {
      made++;
      res.set('Cache-Control', 'public, max-age=60').type('css').send('h1 { color: red }');
    });
    server = await listen(createServer(app, { tls: false }), 'http', http2Client);
    await server.request('/app.css');
    const visitor = http2Client(server.origin);
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const { pushed } = await visitor.request({ path: '/', headers });
    visitor.close();
    expect([pushed, made]).toEqual([[['/app.css', 'h1 { color: red }']], 1]);
  });

  it('hints what pages from its cache need', async () => {
    let made = 0;
    const serverPush = { minClients: 1, minConfidence: 0.01, minThinkMs: 0 };
    const app = express().use(headstart({ serverPush, responseCache: {} }));
    app.get('/', (_req, res) => {
      made++;
      const page = '<head><link rel="stylesheet" href="/app.css"></head><p>Hello</p>';
      res.set('Cache-Control', 'public, max-age=60').type('html').send(page.repeat(40));
    });
    app.get('/app.css', (_req, res) => {
      res.set('Cache-Control', 'public, max-age=60').type('css').send('p { color: red }');
    });
    server = await listen(createServer(app, { tls: false }), 'http', http2Client);
    const told: string[][] = [];
    for (let n = 0; n < 4; n++) {
      const visitor = new Visitor(server.origin, `visitor ${n}`);
      const page = await visitor.navigate('/');
      told.push([...page.early, page.headers].flatMap(linkTargets));
      await visitor.load('/app.css', 'style', '/');
      await visitor.close();
    }
    expect([made, told.at(-1)]).toEqual([1, ['/app.css']]);
  });

  it('shows its parts, and leaves out those that are false', () => {
    const all = headstart();
    expect(all.name).toBe('headstartMiddleware');
    expect(all.zeroCopy?.pool.stats.lent).toBe(0);
    expect(all.multiplexing?.manager.stats().sessions).toBe(0);
    expect(all.serverPush?.manager.predictor).toBeDefined();
    expect(all.responseCache).toBeUndefined();
    expect(headstart({ zeroCopy: false }).zeroCopy).toBeUndefined();
  });

  it.each([undefined, {}, { serverPush: undefined, zeroCopy: {}, multiplexing: undefined }])(
    'takes %p for its defaults',
    (options) => {
      const made = headstart(options as HeadstartOptions);
      expect([made.serverPush, made.zeroCopy, made.multiplexing]).not.toContain(undefined);
    },
  );

  it.each([
    [{ serverpush: {} }, "headstart: unknown option 'serverpush'; did you mean serverPush?"],
    [{ zeroCopy: 5 }, 'headstart: zeroCopy must be an object of options, or false, got 5'],
    [{ zeroCopy: { poolbytes: 5 } }, "zeroCopy: unknown option 'poolbytes'"],
    [
      { serverPush: { maxLinks: 0 } },
      'serverPush: maxLinks must be an integer from 1 to 32, got 0',
    ],
    [{ multiplexing: { maxWindowBytes: 'x' } }, 'multiplexing: maxWindowBytes must be an integer'],
  ])('refuses %p by name', (options, message) => {
    expect(() => headstart(options as HeadstartOptions)).toThrow(message);
  });

  it.each([
    ['headstart', headstart],
    ['serverPush', serverPush],
    ['zeroCopy', zeroCopy],
    ['multiplexing', multiplexing],
    ['responseCache', responseCache],
  ])('says so when %s was mounted without being called', async (name, factory) => {
    const app = express();
    app.use(factory as never);
    app.use(((error, _req, res, _next) => {
      res.status(500).send((error as Error).message);
    }) satisfies express.ErrorRequestHandler);
    server = await listen(createServer(app, { tls: false }), 'http', http2Client);
    const { body } = await server.request();
    expect(body).toBe(`${name} is a factory: write app.use(${name}()), not app.use(${name})`);
    expect((await http1Client(server.origin).request()).body).toBe(body);
  });
});
