import compression from 'compression';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import type { CompressionOptions } from '../../lib/compression/compression-options';
import type { Middleware } from '../../lib/util/middleware';
import type { Reply, Sent } from '../support/test-client';
import { transports } from '../support/transports';
import type { TestServer, Transport } from '../support/transports';
import { html, listener, page } from './app';
import { decode } from './decode';

type Handler = Parameters<typeof listener>[1];

const [http1] = transports.filter(({ name }) => name === 'HTTP/1.1') as [Transport];
const gzip = { 'accept-encoding': 'gzip' };

let servers: TestServer[] = [];

async function serve(
  handle: Handler,
  first: Middleware | readonly Middleware[] = dynamicCompression({ adaptive: false }),
): Promise<TestServer> {
  const server = await http1.serve(listener(first, handle));
  servers.push(server);
  return server;
}

async function ask(
  handle: Handler,
  { options, ...sent }: Sent & { options?: CompressionOptions } = {},
): Promise<Reply> {
  const server = await serve(handle, dynamicCompression({ adaptive: false, ...options }));
  return server.request({ headers: gzip, ...sent });
}

const sendPage: Handler = (_req, res) => html(res).end(page);

afterEach(async () => {
  await Promise.all(servers.map((one) => one.close()));
  servers = [];
});

describe('dynamicCompression() leaves alone', () => {
  const cases: Record<string, Handler> = {
    'bodies below the threshold': (_req, res) => html(res).end('x'.repeat(1023)),
    'a declared length below the threshold': (_req, res) => {
      html(res).setHeader('Content-Length', 9);
      res.write('too ');
      setImmediate(() => res.end('short'));
    },
    'types that do not shrink': (_req, res) => {
      res.setHeader('Content-Type', 'image/png');
      res.end(page);
    },
    'responses without a type': (_req, res) => res.end(page),
    'no-transform': (_req, res) => {
      html(res).setHeader('Cache-Control', 'public, no-transform');
      res.end(page);
    },
    'what is encoded already': (_req, res) => {
      html(res).setHeader('Content-Encoding', 'x-own');
      res.end(page);
    },
    'parts of a body': (_req, res) => {
      html(res).writeHead(206, { 'Content-Range': `bytes 0-${page.length - 1}/99999` });
      res.end(page);
    },
    'bodies whose digest was sent': (_req, res) => {
      html(res).setHeader('Content-Digest', 'sha-256=:AAAA:');
      res.end(page);
    },
    'an empty body': (_req, res) => html(res).end(),
  };

  it.each(Object.entries(cases))('%s', async (_name, handle) => {
    const server = await serve(handle);
    const plain = await serve(handle, []);
    const [ours, theirs] = await Promise.all(
      [server, plain].map((one) => one.request({ headers: gzip })),
    );
    expect(ours?.body).toBe(theirs?.body);
    const { vary, date, ...rest } = ours?.headers ?? {};
    const { date: _date, ...expected } = theirs?.headers ?? {};
    expect(date).toBeDefined();
    expect([undefined, 'Accept-Encoding']).toContain(vary);
    expect(rest).toEqual(expected);
  });

  it.each([204, 304])('a response with status %d', async (status) => {
    const reply = await ask((_req, res) => {
      html(res).statusCode = status;
      res.end();
    });
    expect(reply.status).toBe(status);
    expect(reply.headers['content-encoding']).toBeUndefined();
  });

  it('HEAD, but says what a GET may vary by', async () => {
    const reply = await ask(sendPage, { method: 'HEAD' });
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(reply.headers.vary).toBe('Accept-Encoding');
  });

  it.each([
    '',
    'identity',
    'bogus',
    'gzip;q=0',
    '*;q=0',
    ';;;,,,=',
    'gzip;q=abc, \u0080',
    'x'.repeat(9000),
  ])('what a client that says %j accepts nothing of', async (field) => {
    const server = await serve(sendPage);
    const reply = await server.request({ headers: { 'accept-encoding': field } });
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(reply.body).toBe(page);
  });

  it('everything when the filter says no, and asks it once', async () => {
    const filter = jest.fn(() => false);
    const reply = await ask(sendPage, { options: { filter } });
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(reply.headers.vary).toBeUndefined();
    expect(filter).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['before', (own: Middleware) => [compression() as Middleware, own]],
    ['after', (own: Middleware) => [own, compression() as Middleware]],
  ])('what compression() mounted %s it compresses', async (_where, order) => {
    const own = dynamicCompression({ adaptive: false });
    const server = await serve(sendPage, order(own));
    const reply = await server.request({ headers: gzip });
    expect(reply.headers['content-encoding']).toBe('gzip');
    expect(reply.headers.vary).toBe('Accept-Encoding');
    expect(decode(reply)).toBe(page);
    expect(own.stats.responses).toEqual({});
  });

  it('a response that was registered on before', async () => {
    const [first, second] = [dynamicCompression(), dynamicCompression()];
    const server = await serve(sendPage, [first, second]);
    expect(decode(await server.request({ headers: gzip }))).toBe(page);
    expect(first.stats.responses).toEqual({ gzip: 1 });
    expect(second.stats.responses).toEqual({});
  });
});
