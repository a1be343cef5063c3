import { credentialKey } from '../../lib/auth/credential-key';
import { decodeRevocation, encodeRevocation } from '../../lib/auth/revocation';

describe('a revocation in a log', () => {
  it.each([
    { token: credentialKey('secret'), untilMs: 12 },
    { subject: 'ann', issuedUntilMs: 1, untilMs: 2 },
  ])('comes out as it went in', (record) => {
    expect(decodeRevocation(encodeRevocation(record))).toEqual(record);
  });

  it('is ASCII', () => {
    expect(encodeRevocation({ token: credentialKey('secret'), untilMs: 12 })).toMatch(/^[ -~]+$/);
  });

  it.each(['', '{', 'null', '1', '[]', '{}', '{"token":"a"}', '{"subject":"a","untilMs":1}'])(
    'is not read from %p',
    (text) => {
      expect(decodeRevocation(text)).toBeUndefined();
    },
  );
});
