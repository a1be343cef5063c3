import connect from 'connect';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { internalExchange, serverOf } from '../../lib/cache/internal-request';
import { isInternal } from '../../lib/util/internal-request';
import { expressVersions } from '../support/express-versions';
import { transports } from '../support/transports';

const stored = {
  url: '/page?x=1',
  host: 'a.test',
  scope: 'a',
  isEncrypted: true,
  headers: { 'accept-language': 'de' },
};

const from = { remoteAddress: '192.0.2.7', remoteFamily: 'IPv4', remotePort: 7 };

type Listener = (req: IncomingMessage, res: ServerResponse) => void;

async function answer(listener: Listener): Promise<ServerResponse> {
  const { req, res } = internalExchange(stored, { 'if-none-match': '"a"' }, from);
  const closed = once(res, 'close');
  createServer(listener).emit('request', req, res);
  await closed;
  return res;
}

describe('a request of our own', () => {
  it.each(expressVersions)('is one like any other to Express %d', async (_, make) => {
    let seen: unknown;
    const app = make();
    app.get('/page', (req, res) => {
      const { url, method, hostname, secure, ip, query, headers } = req;
      seen = { url, method, hostname, secure, ip, query: { ...query }, headers: { ...headers } };
      expect(isInternal(req)).toBe(true);
      res.set('X-A', '1').send('x'.repeat(200_000));
    });
    const res = await answer(app);
    expect(seen).toEqual({
      url: '/page?x=1',
      method: 'GET',
      hostname: 'a.test',
      secure: true,
      ip: '192.0.2.7',
      query: { x: '1' },
      headers: { host: 'a.test', 'accept-language': 'de', 'if-none-match': '"a"' },
    });
    expect([res.statusCode, res.writableFinished]).toEqual([200, true]);
  });

  it('is one like any other to Connect', async () => {
    const app = connect();
    app.use('/page', (_req, res) => void res.end('page'));
    expect((await answer(app)).statusCode).toBe(200);
  });

  it('takes a long body that is written at the pace of the reader', async () => {
    const res = await answer((_req, writer) => {
      let left = 100;
      const write = (): void => {
        while (left-- > 0) if (!writer.write('x'.repeat(10_000))) return;
        writer.end();
      };
      writer.on('drain', write);
      write();
    });
    expect(res.writableFinished).toBe(true);
  });

  it('has a body that is empty', async () => {
    let length = -1;
    await answer((req, res) => {
      length = 0;
      req.on('data', (chunk: Buffer) => (length += chunk.length));
      req.on('end', () => res.end());
    });
    expect(length).toBe(0);
  });

  it('closes when the app breaks it off', async () => {
    const res = await answer((_req, writer) => void writer.destroy());
    expect(res.writableFinished).toBe(false);
  });
});

it.each(transports)('finds the server of a request over $name', async (transport) => {
  let found: unknown;
  const server = await transport.serve((req, res) => {
    found = serverOf(req as IncomingMessage);
    (res as ServerResponse).end();
  });
  await server.request();
  expect(found).toBe(server.server);
  await turn();
  await server.close();
});
