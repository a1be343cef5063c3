import { createApp } from '../../examples/auth-session/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/auth-session', () => {
  let example: RunningExample;

  beforeAll(async () => {
    example = await serveExample(createApp());
  });
  afterAll(() => example.close());

  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    example.http2.request({ path, headers, method });

  const login = async (name: string): Promise<string> => {
    const { headers } = await ask(`/login/${name}`, {}, 'POST');
    return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  };

  it('knows browsers by their session and programs by their key', async () => {
    const cookie = await login('ann');
    expect((await ask('/me', { cookie })).json).toEqual({ name: 'ann', by: 'Session' });
    const key = { authorization: 'Bearer key-of-robot' };
    expect((await ask('/me', key)).json).toEqual({ name: 'robot', by: 'Bearer' });
  });

  it('keeps sessions apart', async () => {
    const [ann, bob] = [await login('ann'), await login('bob')];
    expect((await ask('/me', { cookie: ann })).json).toMatchObject({ name: 'ann' });
    expect((await ask('/me', { cookie: bob })).json).toMatchObject({ name: 'bob' });
  });

  it('refuses a session at once after its end', async () => {
    const cookie = await login('ann');
    expect((await ask('/me', { cookie })).status).toBe(200);
    expect((await ask('/logout', { cookie }, 'POST')).status).toBe(204);
    expect((await ask('/me', { cookie })).status).toBe(401);
  });
});
