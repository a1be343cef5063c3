import { createApp } from '../../examples/bridge-express4/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/bridge-express4', () => {
  let example: RunningExample;

  beforeAll(async () => {
    example = await serveExample(createApp());
  });
  afterAll(() => example.close());

  it('greets over HTTP/2', async () => {
    const reply = await example.http2.request('/');
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('Hello over HTTP/2');
  });

  it('greets over HTTP/1.1 on the same port', async () => {
    const reply = await example.http1.request('/');
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('Hello over HTTP/1.1');
  });

  it.each(['http2', 'http1'] as const)('parses a JSON body over %s', async (protocol) => {
    const reply = await example[protocol].request({
      path: '/echo',
      body: '{"clay":[1,2,3]}',
      headers: { 'content-type': 'application/json' },
    });
    expect(reply.json).toEqual({ clay: [1, 2, 3] });
  });

  it('parses a JSON body that comes without content-length', async () => {
    const reply = await example.http2.request({
      path: '/echo',
      body: '{"clay":[1,2,3]}',
      headers: { 'content-type': 'application/json' },
      withLength: false,
    });
    expect(reply.json).toEqual({ clay: [1, 2, 3] });
  });
});
