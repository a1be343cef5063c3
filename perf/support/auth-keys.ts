import { createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';

export type Algorithm = 'ES256' | 'RS256' | 'HS256';

export const issuer = 'https://issuer.example/';
export const audience = 'https://api.example/';

/** A token, and what verifies it, as text for the arguments of a server process. */
export interface Issued {
  readonly token: string;
  readonly verifier: string;
}

/** A token as identity providers issue them, good for an hour. */
export async function issueToken(algorithm: Algorithm): Promise<Issued> {
  const { key, verifier } = makeKeys(algorithm);
  return { token: await signToken(algorithm, key, 'ann'), verifier };
}

export function signToken(algorithm: Algorithm, key: KeyObject, subject: string): Promise<string> {
  return new SignJWT({
    scope: 'openid profile orders:read orders:write',
    client_id: 'b7c1f2a94e6d4d0c8a31',
    jti: '6c0f5a52-1d0f-4f5e-9a39-0f8a5c0f3a11',
    email: `${subject}@customers.example`,
  })
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: '2026-11' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key);
}

/** RSA keys have 2048 bits, as those of most identity providers. */
export function makeKeys(algorithm: Algorithm): { key: KeyObject; verifier: string } {
  if (algorithm === 'HS256') {
    const secret = randomBytes(32).toString('base64url');
    return { key: createSecretKey(secret, 'utf8'), verifier: secret };
  }
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    key: privateKey,
    verifier: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The key that verifies what {@link makeKeys} signs. */
export function verifyingKey(algorithm: Algorithm, verifier: string): KeyObject {
  return algorithm === 'HS256' ? createSecretKey(verifier, 'utf8') : createPublicKey(verifier);
}
