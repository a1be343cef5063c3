import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer } from '../../lib/server/create-server';
import type { HeadstartServer } from '../../lib/server/create-server';

let server: HeadstartServer;
let origin: string;
let answer: () => void;
let arrived: Promise<void>;

beforeEach(async () => {
  let arrive: () => void;
  arrived = new Promise((resolve) => (arrive = resolve));
  server = createServer(
    (req: IncomingMessage, res: ServerResponse) => {
      if (req.url !== '/slow') return void res.end('fast');
      answer = () => void res.end('slow');
      return arrive();
    },
    { tls: false },
  );
  server.listen(0);
  await once(server, 'listening');
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});

async function openSession(): Promise<ClientHttp2Session> {
  const session = connect(origin);
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  return session;
}

describe('shutdown', () => {
  it('ends idle sessions of HTTP/2 with GOAWAY and resolves', async () => {
    const session = await openSession();
    const goaway = once(session, 'goaway');
    await server.shutdown();
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR);
  });

  it('is what close() does, too', async () => {
    await openSession();
    await new Promise((resolve) => server.close(resolve));
    expect(server.listening).toBe(false);
  });

  it('lets open streams finish', async () => {
    const session = await openSession();
    const stream = session.request({ ':path': '/slow' });
    await arrived;
    const down = server.shutdown();
    await once(session, 'goaway');
    answer();
    expect(await text(stream)).toBe('slow');
    await down;
  });

  it('cuts off what has not finished after the grace time', async () => {
    const session = await openSession();
    session.request({ ':path': '/slow' }).on('error', () => {});
    await arrived;
    await server.shutdown({ graceMs: 10 });
    expect(server.listening).toBe(false);
  });

  it('ends idle keep-alive connections and lets busy ones of HTTP/1.1 finish', async () => {
    const agent = new Agent({ keepAlive: true });
    const ask = (path: string) =>
      new Promise<IncomingMessage>((resolve) => get(origin + path, { agent }, resolve));
    await text(await ask('/'));
    const slow = ask('/slow');
    await arrived;
    const down = server.shutdown();
    answer();
    expect(await text(await slow)).toBe('slow');
    await down;
    agent.destroy();
  });

  it('refuses a grace time that is none', async () => {
    await expect(server.shutdown({ graceMs: -1 })).rejects.toThrow(
      'shutdown: graceMs must be an integer of at least 0, got -1',
    );
    await server.shutdown();
  });
});

describe('shutdownOnSignal', () => {
  afterEach(() => server.shutdown());

  it('ends the process when it gets SIGTERM, after open requests have finished', async () => {
    const script = `
      const { createServer, shutdownOnSignal } = require(${JSON.stringify(join(__dirname, '../../lib/index.ts'))});
      const server = createServer((req, res) => setImmediate(() => res.end('done')), { tls: false });
      shutdownOnSignal(server);
      server.listen(0, () => console.log(server.address().port));
    `;
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: join(__dirname, '../..'),
    });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const session = connect(`http://localhost:${String(port).trim()}`);
    session.on('error', () => {});
    expect(await text(session.request({ ':path': '/' }))).toBe('done');
    child.kill('SIGTERM');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal]).toEqual([0, null]);
  });
});
