import { isTimely, openSession } from '../../lib/auth/auth-session';

const open = (user: object) => openSession(user, 'Bearer');

describe('openSession', () => {
  it('reads the standard claims', () => {
    const user = { sub: 'ann', iat: 1, nbf: 2, exp: 3.5, scope: 'a  b' };
    expect(open(user)).toEqual({
      user,
      scheme: 'Bearer',
      subject: 'ann',
      scopes: new Set(['a', 'b']),
      issuedAtMs: 1000,
      notBeforeMs: 2000,
      expiresAtMs: 3500,
    });
  });

  it.each([
    [{ scope: ['a', 'b'] }, ['a', 'b']],
    [{ scp: 'a b' }, ['a', 'b']],
    [{ scp: ['a', 1, 'b'] }, ['a', 'b']],
    [{}, []],
  ])('reads the scopes of %j', (user, scopes) => {
    expect([...(open(user)?.scopes ?? [])]).toEqual(scopes);
  });

  it.each([{ exp: 'tomorrow' }, { exp: NaN }, { exp: '1' }, { nbf: {} }, { iat: true }])(
    'opens none for %j, which cannot be judged',
    (user) => {
      expect(open(user)).toBeUndefined();
    },
  );

  it('opens none for an introspection that says the token is not active', () => {
    expect(open({ active: false })).toBeUndefined();
    expect(open({ active: true })).toBeDefined();
  });
});

describe('isTimely', () => {
  const session = open({ nbf: 10, exp: 20 });

  it.each([
    [9_999, 0, false],
    [10_000, 0, true],
    [19_999, 0, true],
    [20_000, 0, false],
    [9_000, 1_000, true],
    [20_999, 1_000, true],
    [21_000, 1_000, false],
  ])('at %d ms with a tolerance of %d ms says %p', (nowMs, toleranceMs, expected) => {
    expect(session !== undefined && isTimely(session, nowMs, toleranceMs)).toBe(expected);
  });
});
