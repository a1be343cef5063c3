import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import request from 'supertest';
import { multiplexing, type MultiplexingOptions } from '../../lib/multiplexing/multiplexing';
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
