import { createApp } from '../../examples/auth-jsonwebtoken/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/auth-jsonwebtoken', () => {
  let example: RunningExample;

  beforeEach(async () => {
    example = await serveExample(createApp());
  });
  afterEach(() => example.close());

  const ask = (path: string, token: string, method = 'GET') =>
    example.http2.request({ path, method, headers: { authorization: `Bearer ${token}` } });

  const login = async (name: string): Promise<string> => {
    const body = JSON.stringify({ name, password: 'open sesame' });
    const headers = { 'content-type': 'application/json' };
    const reply = await example.http2.request({ path: '/login', body, headers });
    return (reply.json as { token: string }).token;
  };

  it('lets in who has signed in', async () => {
    expect((await ask('/me', await login('ann'))).json).toEqual({ name: 'ann' });
  });

  it.each(['rubbish', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('refuses %p', async (token) => {
    const reply = await ask('/me', token);
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('refuses a token at once after its logout, and no other', async () => {
    const [one, two] = [await login('ann'), await login('ann')];
    for (const token of [one, two]) expect((await ask('/me', token)).status).toBe(200);
    expect((await ask('/logout', one, 'POST')).status).toBe(204);
    expect((await ask('/me', one)).status).toBe(401);
    expect((await ask('/me', two)).status).toBe(200);
  });

  it('refuses all tokens of somebody who signs out everywhere', async () => {
    const [one, two, other] = [await login('ann'), await login('ann'), await login('bob')];
    expect((await ask('/logout-everywhere', one, 'POST')).status).toBe(204);
    for (const token of [one, two]) expect((await ask('/me', token)).status).toBe(401);
    expect((await ask('/me', other)).status).toBe(200);
  });
});
