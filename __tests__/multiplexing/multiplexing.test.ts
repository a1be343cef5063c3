import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import express from 'express';
import request from 'supertest';
import { multiplexing, type MultiplexingOptions } from '../../lib/multiplexing/multiplexing';
import type { PrioritizedResponse } from '../../lib/multiplexing/priority';
import { createServer as createHttp2Server } from '../../lib/server/create-server';
import { body, get, serve } from './h2c-server';

const big = randomBytes(200_000);

test.each([undefined, {}, { maxWindowBytes: undefined }])(
  'serves bodies over HTTP/2 with options %j',
  async (options) => {
    const middleware = multiplexing(options as MultiplexingOptions);
    const { client, close } = await serve(middleware, (_req, res) => res.end(big));
    expect((await get(client, '/')).equals(big)).toBe(true);
    expect(middleware.manager.stats().gatedBytes).toBe(big.byteLength);
    await close();
  },
);

test('leaves alone what an app gives its responses under that name', async () => {
  const app = express();
  Object.assign(app.response, { priority: () => 'the app’s own' });
  app.use(multiplexing(), (_req, res) => {
    res.end((res as unknown as { priority(): string }).priority());
  });
  const server = createHttp2Server(app, { tls: false }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(String(await get(client, '/'))).toBe('the app’s own');
  client.close();
  await server.shutdown();
});

test('follows uploads', async () => {
  const middleware = multiplexing();
  const { client, close } = await serve(middleware, (req, res) => {
    const { uploads } = middleware.flowControl.stats();
    req.resume().on('end', () => res.end(String(uploads)));
  });
  const stream = client.request({ ':method': 'POST', ':path': '/' });
  stream.end('text');
  expect(String(await body(stream))).toBe('1');
  expect(middleware.flowControl.stats().uploads).toBe(0);
  await close();
});

test('leaves HTTP/1.1 untouched', async () => {
  const app = express();
  app.use(multiplexing());
  app.get('/', (_req, res) => {
    expect(Object.hasOwn(res, 'write')).toBe(false);
    res.send(big);
  });
  const { body: received } = await request(createServer(app)).get('/').responseType('blob');
  expect(big.equals(received as Buffer)).toBe(true);
});

test('gives responses a method for their priority, over both protocols', async () => {
  const middleware = multiplexing();
  const prioritize = (res: ServerResponse) =>
    (res as ServerResponse & PrioritizedResponse).priority({ urgency: 7 });
  const { client, close } = await serve(middleware, (_req, res) => {
    prioritize(res);
    res.end(big);
  });
  await get(client, '/');
  expect(middleware.manager.stats().responsesByUrgency[7]).toBe(1);
  await close();
  const app = express();
  app.use(middleware, (_req, res) => {
    prioritize(res);
    res.send('ok');
  });
  expect((await request(createServer(app)).get('/')).text).toBe('ok');
});

test('leaves a method of the app alone that has this name', () => {
  const res = { priority: () => 'mine' } as unknown as ServerResponse & PrioritizedResponse;
  multiplexing()({ httpVersionMajor: 1 } as IncomingMessage, res, () => {});
  expect(res.priority({})).toBe('mine');
});

test('says so when it is used without being called', () => {
  expect(() => multiplexing({ headers: {}, method: 'GET' } as never)).toThrow(
    'multiplexing is a factory',
  );
});

test('refuses options it does not know', () => {
  expect(() => multiplexing({ maxWindowByte: 1 } as never)).toThrow('did you mean maxWindowBytes?');
});

test('has a name for stack traces', () => {
  expect(multiplexing().name).toBe('multiplexingMiddleware');
});
