import { createApp } from '../../examples/rate-limits/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/rate-limits', () => {
  let example: RunningExample;

  beforeAll(async () => {
    example = await serveExample(createApp());
  });
  afterAll(() => example.close());

  it('limits a key by cost and plan, over either protocol', async () => {
    const free = { path: '/api/search?q=cup', headers: { 'x-api-key': 'ann' } };
    expect((await example.http2.request(free)).headers['ratelimit']).toMatch(/r=5; t=60$/);
    expect((await example.http1.request(free)).headers['ratelimit']).toMatch(/r=0; t=60$/);
    expect((await example.http2.request(free)).status).toBe(429);
    const pro = { path: '/api/items', headers: { 'x-api-key': 'bob', 'x-plan': 'pro' } };
    expect((await example.http2.request(pro)).headers['ratelimit']).toMatch(/r=99; t=60$/);
  });

  it('blocks an address after three failed logins, and counts no others', async () => {
    const login = (password: string) =>
      example.http2.request({
        path: '/login',
        body: JSON.stringify({ password }),
        headers: { 'content-type': 'application/json' },
      });
    for (let i = 0; i < 5; i++) expect((await login('open sesame')).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await login('guess')).status).toBe(401);
    const blocked = await login('open sesame');
    expect(blocked).toMatchObject({ status: 429, json: { error: 'too many logins failed' } });
    expect(blocked.headers['retry-after']).toBe('600');
  });
});
