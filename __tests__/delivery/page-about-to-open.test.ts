import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createServer, headstart } from '../../lib/index';
import { body } from '../multiplexing/h2c-server';

const big = randomBytes(2_000_000);

/** The paths of an image that is on its way and of a page fetched ahead, as they finish. */
async function finishing(tag: string): Promise<string[]> {
  const app = express();
  app.use(headstart({ dynamicCompression: false }));
  app.get('/image', (_req, res) => void res.type('png').send(big));
  app.get('/page', (_req, res) => void res.type('html').send(big));
  const server = createServer(app, { tls: false }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    settings: { initialWindowSize: 8_000_000 },
  });
  await once(client, 'connect');
  client.setLocalWindowSize(64_000_000);
  const finished: string[] = [];
  const request = (path: string, headers: object) => {
    const stream = client.request({ ':path': path, ...headers });
    return { stream, done: body(stream).then(() => finished.push(path)) };
  };
  const image = request('/image', { 'sec-fetch-dest': 'image', priority: 'i' });
  await once(image.stream, 'response');
  const page = request('/page', {
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-purpose': 'prefetch',
    'sec-speculation-tags': `"${tag}"`,
    priority: 'u=4, i',
  });
  await Promise.all([image.done, page.done]);
  client.close();
  await server.shutdown();
  return finished;
}

test.each(['headstart-soon', 'headstart-route'])(
  'a page fetched on a sign (%s) passes the images of the page that is shown',
  async (tag) => {
    expect(await finishing(tag)).toEqual(['/page', '/image']);
  },
);

test('a page fetched without a sign waits behind all that is shown', async () => {
  expect(await finishing('headstart-now')).toEqual(['/image', '/page']);
});
