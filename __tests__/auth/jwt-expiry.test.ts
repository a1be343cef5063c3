import { jwtExpiryMs } from '../../lib/auth/jwt-expiry';

const jwt = (claims: unknown) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

describe('jwtExpiryMs', () => {
  it('reads exp', () => {
    expect(jwtExpiryMs(jwt({ exp: 12 }))).toBe(12_000);
  });

  it.each([jwt({}), jwt({ exp: '12' }), jwt(null), 'a.b', 'a.b.c', 'opaque', ''])(
    'finds none in %p',
    (token) => {
      expect(jwtExpiryMs(token)).toBeUndefined();
    },
  );
});
