import { createApp } from '../../examples/auth-fast-jwt/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/auth-fast-jwt', () => {
  let example: RunningExample;
  let token: string;

  beforeAll(async () => {
    example = await serveExample(createApp());
    const reply = await example.http2.request({ path: '/login/ann', method: 'POST' });
    ({ token } = reply.json as { token: string });
  });
  afterAll(() => example.close());

  const ask = (path: string, headers: Record<string, string>) =>
    example.http2.request({ path, headers });

  it('takes the token of a header and of a cookie', async () => {
    expect((await ask('/me', { authorization: `Bearer ${token}` })).json).toBe('Bearer');
    expect((await ask('/me', { cookie: `a=1; __Host-token=${token}` })).json).toBe('Cookie');
  });

  it('offers both ways to who has neither', async () => {
    const reply = await ask('/me', {});
    expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, 'Bearer, Cookie']);
  });

  it('does not let a cookie make good for a bad bearer token', async () => {
    const headers = { authorization: 'Bearer rubbish', cookie: `__Host-token=${token}` };
    expect((await ask('/me', headers)).status).toBe(401);
  });

  it('greets strangers, also those with a bad cookie', async () => {
    expect((await ask('/', { cookie: '__Host-token=rubbish' })).body).toBe('Hello stranger\n');
    expect((await ask('/', { cookie: `__Host-token=${token}` })).body).toBe('Hello ann\n');
  });
});
