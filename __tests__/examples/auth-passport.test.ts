import { createApp } from '../../examples/auth-passport/server';
import { serveExample, type RunningExample } from './support/serve-example';

describe('examples/auth-passport', () => {
  let example: RunningExample;
  let cookie: string;
  let token: string;

  const post = (path: string, headers: Record<string, string>, body = '') =>
    example.http2.request({ path, method: 'POST', headers, body });

  beforeAll(async () => {
    example = await serveExample(createApp());
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const login = await post('/login', form, 'username=ann&password=open+sesame');
    cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    ({ token } = (await post('/token', { cookie })).json as { token: string });
  });
  afterAll(() => example.close());

  const ask = async (path: string, headers: Record<string, string>) => {
    const { status, json } = await example.http2.request({ path, headers });
    return json ?? status;
  };

  it('gives no token to who has not signed in', async () => {
    expect((await post('/token', {})).status).toBe(401);
  });

  it('knows the page by the session alone and the API by the token alone', async () => {
    const bearer = { authorization: `Bearer ${token}` };
    expect(await ask('/page', { cookie })).toEqual({ page: { name: 'ann' }, api: null });
    expect(await ask('/page', bearer)).toEqual({ page: null, api: 'ann' });
    expect(await ask('/api/me', bearer)).toEqual({ api: 'ann', page: null });
    expect(await ask('/api/me', { cookie })).toBe(401);
    expect(await ask('/page', { cookie, ...bearer })).toEqual({
      page: { name: 'ann' },
      api: 'ann',
    });
  });
});
