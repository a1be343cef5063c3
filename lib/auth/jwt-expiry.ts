/**
 * `exp` of a JWT in milliseconds, without verifying anything; `undefined` for what is no JWT or has
 * none. Good enough to say how long its revocation is needed: with another `exp` it would be
 * another token.
 */
export function jwtExpiryMs(token: string): number | undefined {
  const [, payload = '', signature] = token.split('.');
  if (signature === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown;
    const { exp } = Object(claims) as { exp?: unknown };
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
