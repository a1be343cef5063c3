import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get as getOverHttp1, type ServerResponse } from 'node:http';
import type { OutgoingHttpHeaders, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { HTTP2MultiplexingManager } from '../../lib/multiplexing/http2-multiplexing-manager';
import { overridePriority } from '../../lib/multiplexing/priority-override';
import { ResponseTap } from '../../lib/response/response-tap';
import type { Middleware } from '../../lib/util/middleware';
import { body, get, serve, type Handler, type Running } from './h2c-server';

const big = randomBytes(2_000_000);
const small = randomBytes(30_000);

let running: Running | undefined;
let manager: HTTP2MultiplexingManager;

const middleware: Middleware = (req, res, next) => {
  manager.observe(req, res);
  ResponseTap.of(res).use('gate', manager.gate);
  next();
};

async function start(handler: Handler, windowBytes?: number): Promise<Running> {
  running = await serve(middleware, handler, windowBytes);
  return running;
}

beforeEach(() => {
  manager = new HTTP2MultiplexingManager();
});

afterEach(async () => {
  await running?.close();
  running = undefined;
});

const bigOrSmall: Handler = (req, res) => {
  res.end(req.url?.startsWith('/small') === true ? small : big);
};

test('finishes an urgent response before the large ones that were begun earlier', async () => {
  const { client } = await start(bigOrSmall);
  const finished: string[] = [];
  const large = [1, 2, 3, 4].map(async (n) => {
    const stream = client.request({ ':path': `/big${n}`, priority: 'u=6' });
    stream.once('data', () => client.emit('begun'));
    const bytes = await body(stream);
    finished.push(`/big${n}`);
    return bytes;
  });
  await once(client, 'begun');
  const urgent = await get(client, '/small', { priority: 'u=0' });
  finished.push('/small');
  expect(urgent.equals(small)).toBe(true);
  expect(finished).toEqual(['/small']);
  const bodies = await Promise.all(large);
  expect(bodies.every((bytes) => bytes.equals(big))).toBe(true);
  expect(manager.stats().overtakes).toBeGreaterThan(0);
});

test('sends the most urgent of requests that arrive together first', async () => {
  const { client } = await start(bigOrSmall);
  const finished: string[] = [];
  const request = async (path: string, priority: string) => {
    await get(client, path, { priority });
    finished.push(path);
  };
  await Promise.all([
    request('/small-images', 'u=5, i'),
    request('/small-script', 'u=2'),
    request('/small-style', 'u=1'),
  ]);
  expect(finished).toEqual(['/small-style', '/small-script', '/small-images']);
});

test('lets the app overrule the client, also in mid-transfer', async () => {
  const responses: ServerResponse[] = [];
  const { client } = await start((_req, res) => {
    responses.push(res);
    res.end(big);
  });
  const finished: string[] = [];
  const request = async (path: string, priority: string) => {
    const stream = client.request({ ':path': path, priority });
    const bytes = body(stream);
    await once(stream, 'response');
    return { done: bytes.then(() => finished.push(path)), res: responses.at(-1) };
  };
  const one = await request('/one', 'u=1');
  const two = await request('/two', 'u=6');
  overridePriority(two.res!, { urgency: 0 });
  await Promise.all([one.done, two.done]);
  expect(finished).toEqual(['/two', '/one']);
});

test('keeps streamed bodies intact, with back-pressure', async () => {
  const { client } = await start((_req, res) => {
    Readable.from(slices(big, 50_000)).pipe(res);
  });
  const bodies = await Promise.all([1, 2, 3].map(async (n) => get(client, `/${n}`)));
  expect(bodies.every((bytes) => bytes.equals(big))).toBe(true);
});

test('goes on when clients abort in mid-transfer', async () => {
  const { client } = await start(bigOrSmall);
  const aborted = [1, 2, 3, 4].map((n) =>
    client.request({ ':path': `/big${n}`, priority: 'u=1, i' }),
  );
  await Promise.all(aborted.map(async (stream) => once(stream, 'data')));
  const rest = get(client, '/big', { priority: 'u=6' });
  for (const stream of aborted) stream.close(8);
  expect((await rest).equals(big)).toBe(true);
});

test('goes on past a client that stops reading one response', async () => {
  const { client } = await start(bigOrSmall, 65_535);
  const unread = client.request({ ':path': '/big', priority: 'u=0' });
  await once(unread, 'response');
  unread.pause();
  const bytes = await get(client, '/big', { priority: 'u=6' });
  expect(bytes.equals(big)).toBe(true);
  expect(manager.stats().stalls).toBeGreaterThan(0);
  expect((await body(unread)).equals(big)).toBe(true);
});

test('passes the first event of a stream at once, and all others in order', async () => {
  const { client } = await start((req, res) => {
    if (req.url !== '/events') {
      res.end(big);
      return;
    }
    res.setHeader('content-type', 'text/event-stream');
    res.write('data: 1\n\n');
    expect(ResponseTap.of(res).heldBytes).toBe(0);
    res.write('data: 2\n\n');
    client.once('goOn', () => res.end('data: 3\n\n'));
  });
  const events = client.request({ ':path': '/events' });
  events.setEncoding('utf8');
  let text = '';
  events.on('data', (chunk: string) => (text += chunk));
  while (!text.includes('2')) await once(events, 'data');
  const download = get(client, '/big');
  client.emit('goOn');
  await once(events, 'end');
  expect(text).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
  expect((await download).equals(big)).toBe(true);
});

test('leaves HTTP/1.1 alone', async () => {
  const server = createServer((req, res) => {
    middleware(req, res, () => res.end(big));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(
    getOverHttp1({ port, host: '127.0.0.1', agent: false }),
    'response',
  )) as [Readable];
  const chunks = await response.toArray();
  server.close();
  expect(Buffer.concat(chunks as Buffer[]).equals(big)).toBe(true);
  expect(manager.stats()).toMatchObject({ gatedBytes: 0, directBytes: 0, sessions: 0 });
});

test('counts sessions, responses by urgency and bytes', async () => {
  const { client } = await start((req, res) => {
    res.end(req.url === '/tiny' ? 'tiny' : small);
  });
  await get(client, '/small', { priority: 'u=1' });
  await get(client, '/tiny', { priority: 'u=7' });
  expect(manager.stats()).toMatchObject({
    sessions: 1,
    gatedBytes: small.byteLength,
    directBytes: 4,
    responsesByUrgency: [0, 1, 0, 0, 0, 0, 0, 1],
  });
  await running?.close();
  running = undefined;
  expect(manager.stats()).toMatchObject({ sessions: 0, openResponses: 0 });
});

test('ends a small piped response with its last bytes, without a frame of its own', async () => {
  const { client } = await start((_req, res) => {
    res.setHeader('content-length', small.byteLength);
    Readable.from(slices(small, 10_000)).pipe(res);
  });
  expect((await get(client, '/')).equals(small)).toBe(true);
});

function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

test('finishes its responses after the session was asked to close', async () => {
  const { server, client } = await start(bigOrSmall);
  server.once('stream', (stream) => {
    setImmediate(() => stream.session?.close());
  });
  const bodies = await Promise.all([get(client, '/big1'), get(client, '/big2')]);
  expect(bodies.every((bytes) => bytes.equals(big))).toBe(true);
});

test('tells what it knows of a session while it is open', async () => {
  const { server, client } = await start(bigOrSmall);
  const sessions: ServerHttp2Session[] = [];
  server.on('stream', ({ session }) => {
    if (session !== undefined) sessions.push(session as ServerHttp2Session);
  });
  await get(client, '/big', { priority: 'u=6' });
  const [session] = sessions;
  if (session === undefined) throw new Error('no session');
  const known = manager.sessionStats(session);
  expect(known?.pings).toBeGreaterThan(0);
  expect(known?.rttMs).toBeGreaterThan(0);
  expect(known?.openByUrgency).toHaveLength(8);
  const closed = once(session, 'close');
  client.close();
  await closed;
  expect(manager.sessionStats(session)).toBeUndefined();
  expect(manager.stats().nodeBytes).toBe(0);
});

test('sends no PING for responses that fit in one piece', async () => {
  const { client } = await start((_req, res) => res.end('hello'));
  await Promise.all(Array.from({ length: 20 }, () => get(client, '/')));
  expect(manager.stats().pings).toBe(0);
});

/** From 22 on Node puts what it has got at once, much on loopback, in the order that the client asked for. */
const leavesTheOrder = Number.parseInt(process.versions.node, 10) < 22;

describe('what is fetched ahead', () => {
  const origin = 'http://shop.test';
  const as = (destination: string, priority: string, page: string, purpose?: string) => ({
    ':authority': 'shop.test',
    'sec-fetch-dest': destination,
    priority,
    referer: origin + page,
    ...(purpose !== undefined && { 'sec-purpose': purpose }),
  });

  /** The paths of requests that are answered in one turn, in the order in which the answers finish. */
  async function finishing(
    requests: readonly (readonly [string, OutgoingHttpHeaders])[],
  ): Promise<string[]> {
    const answers: (() => void)[] = [];
    const { client } = await start((req, res) => {
      answers.push(() => bigOrSmall(req, res));
      if (answers.length === requests.length) for (const answer of answers) answer();
    });
    const finished: string[] = [];
    const all = requests.map(async ([path, headers]) => {
      await get(client, path, headers);
      finished.push(path);
    });
    await Promise.all(all);
    return finished;
  }

  // Priorities as Chromium 156 sends them.
  test('lets pass what the visitor asks for, and pages before what rendered ones need', async () => {
    const finished = await finishing([
      ['/big-photo', as('image', 'i', '/guess', 'prefetch;prerender')],
      ['/big-chart', as('script', 'u=2', '/guess', 'prefetch;prerender')],
      ['/big-page-ahead', as('document', 'u=4, i', '/', 'prefetch')],
      ['/big-image', as('image', 'i', '/asked')],
      ['/big-page', as('document', 'u=0, i', '/')],
    ]);
    const among = ['/big-page-ahead', '/big-chart'];
    if (!leavesTheOrder) finished.splice(2, 2, ...among);
    expect(finished).toEqual(['/big-page', '/big-image', ...among, '/big-photo']);
  });

  test('takes its place once its page is shown', async () => {
    const finished = await finishing([
      ['/big-chart', as('script', 'u=2', '/page', 'prefetch;prerender')],
      ['/big-next', as('empty', 'u=4, i', '/page', 'prefetch')],
      ['/big-image', as('image', 'i', '/page')],
    ]);
    expect(finished).toEqual(['/big-chart', '/big-image', '/big-next']);
  });

  test('waits while the app thinks about a page', async () => {
    const pages: ServerResponse[] = [];
    const { client } = await start((req, res) => {
      if (req.url === '/page') pages.push(res);
      else bigOrSmall(req, res);
    });
    await get(client, '/small');
    const page = client.request({ ':path': '/page', ...as('document', 'u=0, i', '/') });
    const photo = client.request({
      ':path': '/big-photo',
      ...as('image', 'i', '/guess', 'prefetch;prerender'),
    });
    const received: string[] = [];
    const bodies = [page, photo].map((one) => {
      one.once('data', () => received.push(one === page ? 'page' : 'photo'));
      return body(one);
    });
    await once(photo, 'response');
    await get(client, '/big');
    expect(received).toEqual([]);
    pages[0]?.end(small);
    const [, photoBytes] = await Promise.all(bodies);
    expect(received).toEqual(['page', 'photo']);
    expect(photoBytes?.equals(big)).toBe(true);
  });
});
