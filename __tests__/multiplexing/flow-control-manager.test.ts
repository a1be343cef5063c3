import { once } from 'node:events';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { FlowControlManager } from '../../lib/multiplexing/flow-control-manager';
import type { Middleware } from '../../lib/util/middleware';
import { body, get, serve, type Running } from './h2c-server';

let running: Running | undefined;
let flowControl: FlowControlManager;
let session: ServerHttp2Session | undefined;

const middleware: Middleware = (req, _res, next) => {
  const { stream } = req as typeof req & { stream: ServerHttp2Stream };
  session = stream.session as ServerHttp2Session;
  flowControl.observe(stream, req.headers['content-length']);
  next();
};

async function start(): Promise<Running> {
  running = await serve(middleware, (req, res) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => (bytes += chunk.byteLength));
    req.on('end', () => res.end(String(bytes)));
  });
  return running;
}

beforeEach(() => {
  flowControl = new FlowControlManager();
});

afterEach(async () => {
  await running?.close();
  running = undefined;
});

test('receives an upload whole, over wider windows, and narrows them afterwards', async () => {
  const { client } = await start();
  const stream = client.request({ ':method': 'POST', ':path': '/' });
  let widestBytes = 0;
  client.on('remoteSettings', ({ initialWindowSize = 0 }) => {
    widestBytes = Math.max(widestBytes, initialWindowSize);
  });
  const answer = body(stream);
  const chunk = Buffer.alloc(1_000_000);
  for (let i = 0; i < 30; i++) if (!stream.write(chunk)) await once(stream, 'drain');
  stream.end();
  expect(String(await answer)).toBe('30000000');
  expect(widestBytes).toBeGreaterThan(65_535);
  expect(flowControl.stats()).toEqual({ uploads: 0, addedWindowBytes: 0 });
  expect(flowControl.pathOf(session!)?.bytesPerSecond).toBeGreaterThan(0);
});

test('leaves sessions without uploads alone', async () => {
  const { client } = await start();
  await get(client, '/');
  expect(flowControl.pathOf(session!)).toBeUndefined();
});

test('leaves uploads alone that fit in the window of every stream', async () => {
  const { client } = await start();
  const headers = { ':method': 'POST', ':path': '/', 'content-length': '5' };
  const stream = client.request(headers);
  stream.end('hello');
  expect(String(await body(stream))).toBe('5');
  expect(flowControl.pathOf(session!)).toBeUndefined();
});

test('lets go of an upload that the client aborts', async () => {
  const { client } = await start();
  const stream = client.request({ ':method': 'POST', ':path': '/' });
  stream.on('error', () => {});
  stream.write(Buffer.alloc(100_000));
  const { server } = running!;
  while (flowControl.stats().uploads === 0) await once(server, 'stream');
  stream.close(8);
  await get(client, '/');
  expect(flowControl.stats().uploads).toBe(0);
});

test.each([
  [{ maxWindowBytes: 1 }, 'maxWindowBytes must be an integer from 65535 to 2147483647, got 1'],
  [{ maxTotalWindowBytes: -1 }, 'maxTotalWindowBytes must be an integer of at least 0, got -1'],
])('refuses %j', (options, message) => {
  expect(() => new FlowControlManager(options)).toThrow(message);
});
