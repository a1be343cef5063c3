import { bearerToken } from '../../lib/auth/bearer-token';
import { cookieToken } from '../../lib/auth/cookie-token';
import { authenticatorFixture, nameBy } from './authenticator-fixture';
import { SlowVerifier, type TestUser } from './issuer';
import { bearer, requestWith } from './requests';

let fixture = authenticatorFixture();
beforeEach(() => {
  fixture = authenticatorFixture();
});

describe('a revocation', () => {
  const all = [
    ['of the token', { token: 'a' }],
    ['of its subject', { subject: 'ann' }],
    ['by a function', ({ user }: { user: TestUser }) => user.sub === 'ann'],
  ] as const;

  it.each(all)('%s refuses what is remembered, from the next line on', async (_by, revocation) => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann', iat: 999 });
    fixture.issuer.issue('b', { sub: 'bob', iat: 999 });
    await auth.judge(bearer('a'));
    await auth.judge(bearer('b'));
    void auth.revoke(revocation);
    expect(await auth.judge(bearer('a'))).toMatchObject({ name: 'invalid' });
    expect(await nameBy(auth, bearer('b'))).toBe('bob');
  });

  it.each(all)('%s refuses what was never seen', async (_by, revocation) => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann', iat: 999 });
    void auth.revoke(revocation);
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it.each(all)('%s refuses what is being verified, for all who wait', async (_by, revocation) => {
    const slow = new SlowVerifier<TestUser>();
    const auth = fixture.authenticator({ verify: slow.verify });
    const names = [nameBy(auth, bearer('a')), nameBy(auth, bearer('a'))];
    await slow.until(1);
    expect(slow.asked).toEqual(['a']);
    void auth.revoke(revocation);
    slow.answer({ sub: 'ann', iat: 999 });
    expect(await Promise.all(names)).toEqual(['invalid', 'invalid']);
    expect(auth.stats.sessions).toBe(0);
  });

  it('of a token calls verify no more', async () => {
    const auth = fixture.authenticator({ refusedTtlMs: 0 });
    fixture.issuer.issue('a', { sub: 'ann' });
    void auth.revoke({ token: 'a' });
    await auth.judge(bearer('a'));
    expect(fixture.issuer.asked).toEqual([]);
  });

  it('of a subject lets a later login in', async () => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('new', { sub: 'ann', iat: 1_001 });
    await auth.revoke({ subject: 'ann' });
    fixture.clock.nowMs += 1_000;
    expect(await nameBy(auth, bearer('new'))).toBe('ann');
  });

  it('of a token holds for every scheme and partition', async () => {
    const auth = fixture.authenticator({
      schemes: [bearerToken(), cookieToken('sid')],
      partition: (req) => String(req.headers.host),
    });
    fixture.issuer.issue('a', { sub: 'ann' });
    const requests = () => [
      requestWith({ host: 'one', authorization: 'Bearer a' }),
      requestWith({ host: 'two', cookie: 'sid=a' }),
    ];
    for (const req of requests()) expect(await nameBy(auth, req)).toBe('ann');
    await auth.revoke({ token: 'a' });
    for (const req of requests()) expect(await nameBy(auth, req)).toBe('invalid');
  });
});
