import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { createServer } from '../../lib/server/create-server';
import type { ServerOptions } from '../../lib/server/server-options';
import { http2Client } from '../support/test-client';
import { listen } from '../support/transports';
import type { TestServer } from '../support/transports';

const app = (req: IncomingMessage, res: ServerResponse) => {
  if (req.url !== '/hang') res.end('ok');
};

let running: TestServer | undefined;
let sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions) session.destroy();
  sessions = [];
  await running?.close();
  running = undefined;
});

async function serve(options: ServerOptions): Promise<void> {
  const server = createServer(app, { tls: false, ...options });
  running = await listen(server, 'http', http2Client);
}

interface Connection {
  readonly session: ClientHttp2Session;
  /** The code of the GOAWAY that came. */
  goaway: number | undefined;
}

function open(): Connection {
  const session = connect(running!.origin);
  sessions.push(session);
  const connection: Connection = { session, goaway: undefined };
  session.on('error', () => {});
  session.on('goaway', (code) => (connection.goaway = code));
  return connection;
}

/** @returns The status; `undefined` when the connection ended before. */
async function get(
  { session }: Connection,
  headers: OutgoingHttpHeaders = {},
): Promise<number | undefined> {
  if (session.destroyed || session.closed) return undefined;
  const stream = session.request({ ':path': '/', ...headers });
  stream.on('error', () => {});
  stream.resume();
  let status: number | undefined;
  stream.on('response', (answer) => (status = answer[':status']));
  if (!stream.destroyed) await once(stream, 'close').catch(() => undefined);
  return status;
}

async function statusesOf(connection: Connection, count: number, headers?: OutgoingHttpHeaders) {
  const statuses: (number | undefined)[] = [];
  for (let i = 0; i < count; i++) statuses.push(await get(connection, headers));
  return statuses;
}

describe('limits of a session', () => {
  it('end one that opens too many streams, and no other', async () => {
    await serve({ streamBurst: 3, streamsPerSecond: 1 });
    const greedy = open();
    const modest = open();
    expect(await statusesOf(greedy, 5)).toEqual([200, 200, 200, undefined, undefined]);
    expect(greedy.goaway).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect(await statusesOf(modest, 3)).toEqual([200, 200, 200]);
  });

  it('end one that floods with headers', async () => {
    await serve({ headerByteBurst: 50_000, headerBytesPerSecond: 1000 });
    const greedy = open();
    const large = { a: 'x'.repeat(7000), b: 'y'.repeat(7000) };
    expect(await statusesOf(greedy, 5, large)).toEqual([200, 200, 200, undefined, undefined]);
    expect(greedy.goaway).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });

  it('count headers for which a request is refused', async () => {
    await serve({ headerByteBurst: 60_000, headerBytesPerSecond: 1000 });
    const greedy = open();
    const larger = { a: 'x'.repeat(9000), b: 'y'.repeat(9000) };
    // All at once: once it knows the server's limit, Node's client sends no such headers.
    const statuses = await Promise.all(Array.from({ length: 6 }, () => get(greedy, larger)));
    expect(statuses.every((status) => status === 431 || status === undefined)).toBe(true);
    expect(greedy.goaway).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });

  it('end one whose streams are reset before they are answered', async () => {
    await serve({ resetBurst: 20, resetsPerSecond: 1 });
    const greedy = open();
    let sent = 0;
    for (; sent < 1000 && !greedy.session.destroyed; sent++) {
      const stream = greedy.session.request({ ':path': '/hang' });
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_CANCEL);
      await new Promise(setImmediate);
    }
    expect(sent).toBeGreaterThan(20);
    // Node 22 and later end it themselves, with INTERNAL_ERROR.
    expect([2, constants.NGHTTP2_ENHANCE_YOUR_CALM]).toContain(greedy.goaway);
  });

  it('are off by default, but for resets', async () => {
    await serve({});
    const busy = open();
    const statuses = await Promise.all(Array.from({ length: 1500 }, () => get(busy)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
