import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import type { CompressionOptions } from '../../lib/compression/compression-options';
import { headstart } from '../../lib/headstart';
import { expressVersions } from '../support/express-versions';
import type { Middleware } from '../../lib/util/middleware';
import { overHttp2 } from '../../lib/server/over-http2';
import { transports } from '../support/transports';
import type { TestServer, Transport } from '../support/transports';
import type { Reply, Sent } from '../support/test-client';
import { html, listener, page } from './app';
import { decode, hasZstd } from './decode';

type Handler = Parameters<typeof listener>[1];

const [http1] = transports.filter(({ name }) => name === 'HTTP/1.1') as [Transport];
const [h2c] = transports.filter(({ name }) => name === 'h2c') as [Transport];
const gzip = { 'accept-encoding': 'gzip' };

let servers: TestServer[] = [];

async function serve(
  handle: Handler,
  first: Middleware | readonly Middleware[] = dynamicCompression({ adaptive: false }),
  transport = http1,
): Promise<TestServer> {
  const server = await transport.serve(listener(first, handle));
  servers.push(server);
  return server;
}

async function ask(
  handle: Handler,
  { options, ...sent }: Sent & { options?: CompressionOptions } = {},
  transport = http1,
): Promise<Reply> {
  const first = dynamicCompression({ adaptive: false, ...options });
  const server = await serve(handle, first, transport);
  return server.request({ headers: gzip, ...sent });
}

const sendPage: Handler = (_req, res) => html(res).end(page);

afterEach(async () => {
  await Promise.all(servers.map((one) => one.close()));
  servers = [];
});

describe.each(transports)('dynamicCompression() over $name', (transport) => {
  it.each(['br', 'gzip', 'deflate', ...(hasZstd ? ['zstd'] : [])])(
    'compresses with %s what comes whole, in pieces and in one turn',
    async (encoding) => {
      const handle: Handler = (req, res) => {
        html(res);
        if (req.url === '/whole') res.end(page);
        else if (req.url === '/turn') {
          res.write(page);
          res.end(page);
        } else {
          res.write(page);
          setImmediate(() => res.end(page));
        }
      };
      const first = dynamicCompression({ adaptive: false });
      const server = await serve(handle, first, transport);
      for (const [path, times] of [
        ['/whole', 1],
        ['/turn', 2],
        ['/pieces', 2],
      ] as const) {
        const reply = await server.request({ path, headers: { 'accept-encoding': encoding } });
        expect(reply.headers['content-encoding']).toBe(encoding);
        expect(reply.headers.vary).toBe('Accept-Encoding');
        expect(decode(reply)).toBe(page.repeat(times));
        expect(reply.bytes.length).toBeLessThan(page.length / 10);
      }
      expect(first.stats).toMatchObject({ responses: { [encoding]: 3 }, openStreams: 0 });
    },
  );

  it('passes on a body of megabytes in order, with back-pressure', async () => {
    const piece = Array.from({ length: 4000 }, (_, n) => `line ${n * 7919}\n`).join('');
    const reply = await ask(
      (_req, res) => {
        html(res);
        let left = 60;
        const more = (): void => {
          while (left > 0) if (left-- && !res.write(piece)) return void res.once('drain', more);
          res.end('the end');
        };
        more();
      },
      {},
      transport,
    );
    expect(decode(reply)).toBe(`${piece.repeat(60)}the end`);
  });

  it('sends trailers after the compressed body', async () => {
    const reply = await ask(
      (_req, res) => {
        html(res).setHeader('Trailer', 'x-sum');
        res.write(page);
        setImmediate(() => {
          res.addTrailers({ 'x-sum': '42' });
          res.end(page);
        });
      },
      {},
      transport,
    );
    expect(decode(reply)).toBe(page + page);
    expect(reply.trailers['x-sum']).toBe('42');
  });

  it('flushes each event of an event stream at once', async () => {
    let stream: ServerResponse | undefined;
    const server = await serve(
      (_req, res) => {
        stream = res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        res.write('data: 0\n\n');
      },
      undefined,
      transport,
    );
    const exchange = server.open({ headers: gzip });
    const { headers, body } = await exchange.head;
    expect(headers['content-encoding']).toBe('gzip');
    const text = body.pipe(createGunzip());
    for (const n of [0, 1, 2]) {
      const [bytes] = (await once(text, 'data')) as [Buffer];
      expect(bytes.toString()).toBe(`data: ${n}\n\n`);
      stream?.write(`data: ${n + 1}\n\n`);
    }
    text.on('error', () => {});
    exchange.abort();
  });
});

describe.each(expressVersions)('dynamicCompression() in Express %s', (_version, express) => {
  it.each(transports)('compresses send, json and redirects over $name', async (transport) => {
    const app = express();
    app.use(dynamicCompression({ adaptive: false }) as never);
    app.get('/page', (_req, res) => void res.send(page));
    app.get('/json', (_req, res) => void res.json({ page }));
    app.get('/small', (_req, res) => void res.send('small'));
    const server = await transport.serve(overHttp2(app));
    servers.push(server);
    const whole = await server.request({ path: '/page', headers: gzip });
    expect(decode(whole)).toBe(page);
    expect(whole.headers['content-length']).toBe(String(whole.bytes.length));
    const json = await server.request({ path: '/json', headers: gzip });
    expect(JSON.parse(decode(json))).toEqual({ page });
    const small = await server.request({ path: '/small', headers: gzip });
    expect(small).toMatchObject({ body: 'small', headers: { vary: 'Accept-Encoding' } });
    const tag = String(whole.headers.etag);
    expect(tag).toMatch(/^W\//);
    const again = await server.request({
      path: '/page',
      headers: { ...gzip, 'if-none-match': tag },
    });
    expect(again).toMatchObject({ status: 304, body: '' });
  });
});

describe('dynamicCompression()', () => {
  it('weakens a strong ETag, and that of the 304 for it', async () => {
    const handle: Handler = (req, res) => {
      html(res).setHeader('ETag', '"v1"');
      if (req.headers['if-none-match'] === undefined) res.end(page);
      else {
        res.removeHeader('Content-Type');
        res.writeHead(304).end();
      }
    };
    const server = await serve(handle);
    const first = await server.request({ headers: gzip });
    expect(first.headers.etag).toBe('W/"v1"');
    const again = await server.request({ headers: { ...gzip, 'if-none-match': 'W/"v1"' } });
    expect(again.headers).toMatchObject({ etag: 'W/"v1"', vary: 'Accept-Encoding' });
    const plain = await server.request({ headers: { 'if-none-match': '"v1"' } });
    expect(plain.headers.etag).toBe('"v1"');
  });

  it('offers no ranges of an encoded body', async () => {
    const reply = await ask((_req, res) => {
      html(res).setHeader('Accept-Ranges', 'bytes');
      res.end(page);
    });
    expect(reply.headers['accept-ranges']).toBeUndefined();
  });

  it('sends what res.flush() asks for', async () => {
    let response: ServerResponse | undefined;
    const server = await serve((_req, res) => {
      response = html(res);
      res.write('first');
      (res as ServerResponse & { flush(): void }).flush();
    });
    const { body } = await server.open({ headers: gzip }).head;
    const text = body.pipe(createGunzip());
    const [bytes] = (await once(text, 'data')) as [Buffer];
    expect(bytes.toString()).toBe('first');
    response?.end();
    await once(text.resume(), 'end');
  });

  it('calls back for every write and for the end, in order', async () => {
    const calls: string[] = [];
    let finished: Promise<unknown> | undefined;
    await ask((_req, res) => {
      finished = once(res, 'finish');
      html(res).write(page, () => calls.push('one'));
      res.write('and', 'utf8', () => calls.push('two'));
      setImmediate(() => {
        res.write(page, () => calls.push('three'));
        res.end('end', () => calls.push('end'));
      });
    });
    await finished;
    expect(calls).toEqual(['one', 'two', 'three', 'end']);
  });

  it('takes the options of compression', async () => {
    const options = { threshold: '2kb', level: 9, memLevel: 9, windowBits: 15, chunkSize: 4096 };
    const large = await ask(sendPage, { options });
    expect(decode(large)).toBe(page);
    const small = await ask((_req, res) => html(res).end('x'.repeat(2000)), { options });
    expect(small.headers['content-encoding']).toBeUndefined();
    const enforced = { enforceEncoding: 'deflate' } as const;
    const silent = await ask(sendPage, { options: enforced, headers: {} });
    expect(silent.headers['content-encoding']).toBe('deflate');
  });

  it('tells in Server-Timing what it did, if asked to', async () => {
    const { headers } = await ask(sendPage, { options: { serverTiming: true } });
    expect(headers['server-timing']).toMatch(/^compression;desc="gzip 6";dur=\d+\.\d\d$/);
    expect((await ask(sendPage)).headers['server-timing']).toBeUndefined();
  });

  it('answers as without it when the filter throws, and publishes the failure', async () => {
    const failures: unknown[] = [];
    const note = (message: unknown): void => void failures.push(message);
    subscribe('headstart:failure', note);
    const error = new Error('broken');
    const filter = () => {
      throw error;
    };
    const reply = await ask(sendPage, { options: { filter } });
    unsubscribe('headstart:failure', note);
    expect(reply.body).toBe(page);
    expect(failures).toEqual([{ part: 'dynamicCompression', error }]);
  });

  it('works among all parts of headstart()', async () => {
    const parts = headstart();
    const server = await serve(sendPage, parts, h2c);
    const reply = await server.request({ headers: { 'accept-encoding': 'gzip, deflate, br' } });
    expect(reply.headers['content-encoding']).toBe('br');
    expect(decode(reply)).toBe(page);
    expect(parts.dynamicCompression?.stats.responses).toEqual({ br: 1 });
  });

  it('refuses to be mounted without being called', () => {
    expect(() => dynamicCompression({ headers: {}, method: 'GET' } as never)).toThrow(
      /dynamicCompression is a factory/,
    );
  });

  it('has the filter of compression', () => {
    const res = (type?: string) => ({ getHeader: () => type }) as never;
    expect(dynamicCompression.filter({} as never, res('text/html'))).toBe(true);
    expect(dynamicCompression.filter({} as never, res('image/png'))).toBe(false);
    expect(dynamicCompression.filter({} as never, res())).toBe(false);
  });
});
