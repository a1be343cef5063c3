import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { audience, createApp, issuer } from '../../examples/auth-jose/server';
import { serveExample, type RunningExample } from './support/serve-example';

const makeKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
type Keys = ReturnType<typeof makeKeys>;

const setOf = async ({ publicKey }: Keys): Promise<JSONWebKeySet> => ({
  keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }],
});

const sign = ({ privateKey }: Keys, scope: string, to = audience) =>
  new SignJWT({ scope })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(issuer)
    .setAudience(to)
    .setSubject('ann')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);

describe('examples/auth-jose', () => {
  let keys: Keys;
  let keySet: JSONWebKeySet;
  let example: RunningExample;

  beforeEach(async () => {
    keys = makeKeys();
    keySet = await setOf(keys);
    example = await serveExample(createApp(() => keySet));
  });
  afterEach(() => example.close());

  const ask = (token: string, method = 'GET') =>
    example.http2.request({
      path: '/orders',
      method,
      headers: { authorization: `Bearer ${token}` },
    });

  it('shows the orders of a token with the scope, again and again', async () => {
    const token = await sign(keys, 'orders:read');
    for (let i = 0; i < 3; i++) {
      expect((await ask(token)).json).toEqual({ customer: 'ann', orders: ['tea', 'cups'] });
    }
  });

  it('answers 403 without the scope', async () => {
    expect((await ask(await sign(keys, 'orders:read'), 'DELETE')).status).toBe(403);
    expect((await ask(await sign(keys, 'orders:write'), 'DELETE')).status).toBe(204);
  });

  it('answers 401 to a token for somebody else, of another key, or cut', async () => {
    const token = await sign(keys, 'orders:read');
    expect((await ask(await sign(keys, 'orders:read', 'https://other.example/'))).status).toBe(401);
    expect((await ask(await sign(makeKeys(), 'orders:read'))).status).toBe(401);
    expect((await ask(token.slice(0, -9))).status).toBe(401);
  });

  it('refuses tokens of old keys as soon as the keys have changed', async () => {
    const token = await sign(keys, 'orders:read');
    expect((await ask(token)).status).toBe(200);
    const newer = makeKeys();
    keySet = await setOf(newer);
    expect((await ask(token)).status).toBe(401);
    expect((await ask(await sign(newer, 'orders:read'))).status).toBe(200);
  });

  it('leaves public pages alone, over HTTP/1.1 too', async () => {
    expect((await example.http1.request('/')).body).toBe('Anyone may read this.\n');
  });
});
