import { createApp } from '../../examples/connect/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/connect', () => {
  let example: RunningExample;

  beforeAll(async () => {
    example = await serveExample(createApp());
  });
  afterAll(() => example.close());

  it('greets over HTTP/2', async () => {
    const reply = await example.http2.request('/hello');
    expect(reply.status).toBe(200);
    expect(reply.body).toBe('Hello over HTTP/2.0\n');
  });

  it('greets over HTTP/1.1 on the same port', async () => {
    const reply = await example.http1.request('/hello');
    expect(reply.status).toBe(200);
    expect(reply.body).toBe('Hello over HTTP/1.1\n');
  });

  it("answers what nobody handles with Connect's 404", async () => {
    const reply = await example.http2.request('/nowhere');
    expect(reply.status).toBe(404);
  });
});
