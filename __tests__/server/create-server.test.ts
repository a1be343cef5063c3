import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import express from 'express';
import { WebSocket, WebSocketServer } from 'ws';
import { createServer } from '../../lib/server/create-server';
import type { ServerOptions } from '../../lib/server/server-options';
import { testCertificate } from '../support/certificate';
import { http1Client, http2Client } from '../support/test-client';
import { listen } from '../support/transports';
import type { TestServer } from '../support/transports';

const app = (req: IncomingMessage, res: ServerResponse) => {
  req.resume();
  res.end(req.httpVersion);
};

let running: TestServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function serve(options: ServerOptions, listener = app, client = http2Client) {
  const { key, cert } = await testCertificate();
  const isClear = options.tls === false;
  const server = createServer(listener, isClear ? options : { key, cert, ...options });
  running = await listen(server, isClear ? 'http' : 'https', client, cert);
  return { ...running, server };
}

describe('createServer', () => {
  it.each([
    ['TLS', true],
    ['clear text', false],
  ])('serves HTTP/2 and HTTP/1.1 on one port over %s', async (_name, tls) => {
    const { origin, request } = await serve({ tls });
    const { cert } = await testCertificate();
    expect((await request()).body).toBe('2.0');
    expect((await http1Client(origin, cert).request()).body).toBe('1.1');
  });

  it('knows h2c by its first bytes even when they trickle in', async () => {
    const { server, port } = await serve({ tls: false });
    const socket = connectSocket(port, '127.0.0.1');
    await once(socket, 'connect');
    const session = once(server, 'session');
    for (const byte of 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n') {
      socket.write(byte);
      await new Promise(setImmediate);
    }
    expect(await session).toHaveLength(1);
    socket.destroy();
  });

  it('serves requests over HTTP/1.1 whose first bytes trickle in', async () => {
    const { port } = await serve({ tls: false });
    const socket = connectSocket(port, '127.0.0.1');
    socket.setNoDelay(true);
    for (const piece of ['P', 'OST / HTTP/1.1\r\nHost: a\r\nContent-Le', 'ngth: 0\r\n\r\n']) {
      socket.write(piece);
      await new Promise(setImmediate);
    }
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
    socket.destroy();
  });

  it('refuses HTTP/1.1 clients when told so', async () => {
    const { origin } = await serve({ allowHttp1: false });
    const { cert } = await testCertificate();
    expect(await http1Client(origin, cert).request()).toMatchObject({ status: 403 });
  });

  it.each([
    ['TLS', true],
    ['clear text', false],
  ])('lets HTTP/1.1 clients upgrade to WebSocket over %s', async (_name, tls) => {
    const { server, port } = await serve({ tls });
    const sockets = new WebSocketServer({ server: server as never });
    sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(text)));
    const client = new WebSocket(`${tls ? 'wss' : 'ws'}://localhost:${port}`, {
      rejectUnauthorized: false,
    });
    await once(client, 'open');
    client.send('echo');
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect(answer.toString()).toBe('echo');
    client.terminate();
    sockets.close();
  });

  it('announces its limits and RFC 9218 priorities in its first SETTINGS', async () => {
    const { origin } = await serve({ tls: false, maxHeaderBytes: 8192 });
    const session = connect(origin);
    const [settings] = await once(session, 'remoteSettings');
    expect(settings).toMatchObject({
      maxConcurrentStreams: 100,
      maxHeaderListSize: 8192,
      customSettings: { 9: 1 },
    });
    session.destroy();
  });

  it('answers headers that are too large with 431, over HTTP/2 as over HTTP/1.1', async () => {
    const { origin, request } = await serve({ tls: false });
    const headers = { a: 'x'.repeat(9000), b: 'y'.repeat(9000) };
    expect((await request({ headers })).status).toBe(431);
    expect((await http1Client(origin).request({ headers })).status).toBe(431);
    expect((await request({ headers: { a: 'x'.repeat(9000) } })).status).toBe(200);
  });

  it('ends a session that resets stream after stream', async () => {
    const { origin } = await serve({ tls: false, resetBurst: 50, resetsPerSecond: 1 });
    const session = connect(origin);
    session.on('error', () => {});
    let code: number | undefined;
    session.on('goaway', (given) => (code = given));
    // Node 20 allows 1000 at once whatever is set.
    for (let i = 0; i < 3000 && !session.destroyed; i++) {
      const stream = session.request({ ':path': '/' });
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_CANCEL);
      await new Promise(setImmediate);
    }
    // Node's own limit, where it can be set, or ours.
    expect([constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_ENHANCE_YOUR_CALM]).toContain(code);
    session.destroy();
  });

  it('ends connections on which nothing moves', async () => {
    const { origin } = await serve({ tls: false, idleTimeoutMs: 20 });
    const session = connect(origin);
    await once(session, 'close');
    expect(session.closed).toBe(true);
  });

  it('cancels the stream of a client that stops reading, and keeps one whose handler thinks', async () => {
    let finish = () => {};
    const { origin } = await serve({ tls: false, idleTimeoutMs: 30 }, (req, res) => {
      if (req.url === '/huge') res.end(Buffer.alloc(8_000_000));
      else finish = () => void res.end('thought');
    });
    const session = connect(origin);
    session.on('error', () => {});
    const thinking = session.request({ ':path': '/think' });
    const stalled = session.request({ ':path': '/huge' });
    await once(stalled, 'close');
    expect(stalled.rstCode).toBe(constants.NGHTTP2_CANCEL);
    finish();
    let body = '';
    for await (const chunk of thinking.setEncoding('utf8')) body += String(chunk);
    expect(body).toBe('thought');
    session.destroy();
  });

  it('hands an error of the port to the listener, naming the port', async () => {
    const { port } = await serve({ tls: false });
    const second = createServer(app, { tls: false });
    const failed = once(second, 'error');
    second.listen(port, '127.0.0.1');
    const [error] = (await failed) as [NodeJS.ErrnoException];
    expect(error).toMatchObject({ code: 'EADDRINUSE', port });
  });

  it('serves apps of Express', async () => {
    const shop = express();
    shop.get('/', (req, res) => void res.json({ ip: req.ip, secure: req.secure }));
    const { request } = await serve({}, shop as never);
    expect((await request()).json).toMatchObject({ secure: true });
  });

  it.each([
    [
      { maxConcurentStreams: 5 },
      TypeError,
      "unknown option 'maxConcurentStreams'; did you mean maxConcurrentStreams?",
    ],
    [
      { maxConcurrentStreams: -1 },
      RangeError,
      'maxConcurrentStreams must be an integer from 1 to 2147483647, got -1',
    ],
    [{ tls: 'yes' }, TypeError, "tls must be a boolean, got 'yes'"],
    [
      { key: 5, cert: 'x' },
      TypeError,
      'key must be PEM text, a Buffer or the path of a PEM file, got 5',
    ],
    ['x', TypeError, "options must be an object, got 'x'"],
  ])('refuses %p by name', (options, type, message) => {
    const make = () => createServer(app, options as ServerOptions);
    expect(make).toThrow(type);
    expect(make).toThrow(`createServer: ${message}`);
  });

  it('refuses what is no app', () => {
    expect(() => createServer(undefined as never, { tls: false })).toThrow(
      'app must be an Express or Connect app or a request listener, got undefined',
    );
  });
});
