import { app } from '../../examples/minimal/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/minimal', () => {
  let example: RunningExample;

  beforeAll(async () => {
    example = await serveExample(app);
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
});
