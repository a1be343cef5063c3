import { generateKeyPairSync } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { createLocalJWKSet, exportJWK, jwtVerify, SignJWT } from 'jose';
import jwt from 'jsonwebtoken';
import { reasonOf } from '../../lib/auth/token-error';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const [header, claims] = [part({ alg: 'ES256' }), part({ sub: 'ann' })];

/** Tokens that are bad, one for each way. */
const badTokens = {
  'no JWT': 'opaque',
  'broken JSON': `${Buffer.from('{x').toString('base64url')}.${claims}.c2ln`,
  'no signature': `${header}.${claims}.`,
  'a signature cut short': `${header}.${claims}.c2ln`,
  'a wrong signature': `${header}.${claims}.${Buffer.alloc(64, 1).toString('base64url')}`,
  'no algorithm': `${part({ alg: 'none' })}.${claims}.`,
  'another algorithm': `${part({ alg: 'HS256' })}.${claims}.c2ln`,
  'an unknown algorithm': `${part({ alg: 'XY1' })}.${claims}.c2ln`,
};

const verifiers: Record<string, (token: string) => unknown> = {
  jose: (token) => jwtVerify(token, publicKey, { algorithms: ['ES256'] }),
  jsonwebtoken: (token) => jwt.verify(token, publicKey, { algorithms: ['ES256'] }),
  'fast-jwt': createVerifier({ key: pem, algorithms: ['ES256'] }) as (token: string) => unknown,
};

async function thrownBy(verify: () => unknown): Promise<unknown> {
  try {
    await verify();
  } catch (error) {
    return error;
  }
  throw new Error('it was accepted');
}

describe.each(Object.entries(verifiers))('an error of %s', (_name, verify) => {
  it.each(Object.entries(badTokens))('for %s is about the token', async (_way, token) => {
    expect(reasonOf(await thrownBy(() => verify(token)))).toMatch(/^[\w-]{1,64}$/);
  });

  it.each([
    ['expired', { exp: 1 }],
    ['not valid yet', { nbf: 99_999_999_999 }],
  ])('for a token that is %s is about the token', async (_state, times) => {
    const token = await new SignJWT(times).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    expect(reasonOf(await thrownBy(() => verify(token)))).toBeDefined();
  });
});

describe('reasonOf', () => {
  it('knows a key that a key set does not have', async () => {
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'two' })
      .sign(privateKey);
    expect(reasonOf(await thrownBy(() => jwtVerify(token, keys)))).toBe('ERR_JWKS_NO_MATCHING_KEY');
  });

  it('knows errors that were made for a 401', () => {
    expect(reasonOf(Object.assign(new Error('no'), { status: 401 }))).toBe('Error');
    expect(reasonOf({ statusCode: 401 })).toBe('refused');
  });

  it.each([
    ['a lost connection', Object.assign(new Error('no'), { code: 'ECONNREFUSED' })],
    ['a key server that is down', Object.assign(new Error('no'), { code: 'ERR_JWKS_TIMEOUT' })],
    ['a key that cannot be fetched', { code: 'FAST_JWT_KEY_FETCHING_ERROR' }],
    ['a 401 of a server that was asked', { status: 401, response: {} }],
    ['a bug', new TypeError('x is not a function')],
    ['nothing at all', undefined],
  ])('takes %s as a failure of the verifier', (_what, error) => {
    expect(reasonOf(error)).toBeUndefined();
  });

  it('quotes no message, and not much of a name', () => {
    const error = Object.assign(new Error('secret'), { name: 'x'.repeat(100), status: 401 });
    expect(reasonOf(error)).toBe('x'.repeat(64));
  });
});
