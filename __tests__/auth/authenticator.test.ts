import { authenticatorFixture, nameBy } from './authenticator-fixture';
import { SlowVerifier, type TestUser } from './issuer';
import { bearer, requestWith } from './requests';

let fixture = authenticatorFixture();
beforeEach(() => {
  fixture = authenticatorFixture();
});

describe('what is remembered', () => {
  it('is verified once in its time, and again after it', async () => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann' });
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    fixture.clock.nowMs += 59_999;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    expect(fixture.issuer.asked).toHaveLength(1);
    fixture.clock.nowMs += 1;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    expect(fixture.issuer.asked).toHaveLength(2);
  });

  it('is given at once, not by a promise', async () => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann' });
    await auth.judge(bearer('a'));
    expect(auth.judge(bearer('a'))).not.toBeInstanceOf(Promise);
  });

  it('is refused at the moment it expires', async () => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann', exp: 1_010 });
    await auth.judge(bearer('a'));
    fixture.clock.nowMs = 1_009_999;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    fixture.clock.nowMs = 1_010_000;
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it('is refused before nbf, when the clock was set back', async () => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann', nbf: 1_000 });
    await auth.judge(bearer('a'));
    fixture.clock.nowMs = 999_999;
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it('takes the tolerance of clocks into account', async () => {
    const auth = fixture.authenticator({ clockToleranceMs: 5_000 });
    fixture.issuer.issue('a', { sub: 'ann', exp: 996, nbf: 1_005 });
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    fixture.clock.nowMs += 1_000;
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it('does not outlive the least recently used', async () => {
    const auth = fixture.authenticator({ maxSessions: 2 });
    for (const token of ['a', 'b', 'c']) fixture.issuer.issue(token, { sub: token });
    for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await auth.judge(bearer(token));
    expect(fixture.issuer.asked).toEqual(['a', 'b', 'c', 'b']);
    expect(auth.stats.sessions).toBe(2);
  });

  it('can be nothing', async () => {
    const auth = fixture.authenticator({ ttlMs: 0 });
    fixture.issuer.issue('a', { sub: 'ann' });
    for (let i = 0; i < 3; i++) expect(await nameBy(auth, bearer('a'))).toBe('ann');
    expect(fixture.issuer.asked).toHaveLength(3);
  });
});

describe('a token that verify accepted', () => {
  it.each([
    ['expired', { exp: 1_000 }],
    ['not valid yet', { nbf: 1_001 }],
    ['of no sensible date', { exp: 'never' as never }],
  ])('is refused when it is %s', async (_state, times) => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann', ...times });
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
    expect(auth.stats.sessions).toBe(0);
  });
});

describe('what is refused', () => {
  it('is remembered for a short time', async () => {
    const auth = fixture.authenticator();
    expect(await nameBy(auth, bearer('x'))).toBe('invalid');
    fixture.clock.nowMs += 4_999;
    expect(await nameBy(auth, bearer('x'))).toBe('invalid');
    expect(fixture.issuer.asked).toHaveLength(1);
    fixture.clock.nowMs += 1;
    await auth.judge(bearer('x'));
    expect(fixture.issuer.asked).toHaveLength(2);
    expect(auth.stats.refusedHits).toBe(1);
  });

  it('evicts no session, however much there is of it', async () => {
    const auth = fixture.authenticator({ maxSessions: 3, maxRefused: 5 });
    for (const token of ['a', 'b', 'c']) fixture.issuer.issue(token, { sub: token });
    for (const token of ['a', 'b', 'c']) await auth.judge(bearer(token));
    for (let i = 0; i < 1_000; i++) await auth.judge(bearer(`random${i}`));
    const asked = fixture.issuer.asked.length;
    for (const token of ['a', 'b', 'c']) expect(await nameBy(auth, bearer(token))).toBe(token);
    expect(fixture.issuer.asked).toHaveLength(asked);
    expect(auth.stats).toMatchObject({ sessions: 3, refused: 5 });
  });

  it.each([[undefined], [null], [false], ['text'], [1]])(
    'is what verify answers with %p',
    async (answer) => {
      const auth = fixture.authenticator({ verify: () => answer as never });
      expect(await nameBy(auth, bearer('a'))).toBe('invalid');
    },
  );

  it('is told with the code of the error that verify threw', async () => {
    const error = Object.assign(new Error('secret text'), { code: 'ERR_JWT_EXPIRED' });
    const auth = fixture.authenticator({ verify: () => Promise.reject(error) });
    expect(await auth.judge(bearer('a'))).toEqual({
      name: 'invalid',
      scheme: 'Bearer',
      reason: 'ERR_JWT_EXPIRED',
    });
  });

  it('is never verified when it is malformed', async () => {
    const auth = fixture.authenticator();
    expect(await nameBy(auth, bearer('a b'))).toBe('malformed');
    expect(await nameBy(auth, requestWith({ authorization: 'Bearer' }))).toBe('malformed');
    expect(fixture.issuer.asked).toEqual([]);
  });
});

describe('a failure of verify', () => {
  const down = Object.assign(new Error('down'), { code: 'ECONNREFUSED' });

  it('is passed on, not remembered and not taken for a bad token', async () => {
    let isDown = true;
    const verify = async () => {
      if (isDown) throw down;
      return { sub: 'ann' };
    };
    const auth = fixture.authenticator({ verify });
    await expect(auth.judge(bearer('a'))).rejects.toBe(down);
    isDown = false;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
  });

  it('may be thrown at once', async () => {
    const auth = fixture.authenticator({
      verify: () => {
        throw down;
      },
    });
    await expect(auth.judge(bearer('a'))).rejects.toBe(down);
  });

  it('is taking too long', async () => {
    const auth = fixture.authenticator({ verify: () => new Promise(() => {}), verifyTimeoutMs: 1 });
    await expect(auth.judge(bearer('a'))).rejects.toMatchObject({ code: 'ERR_AUTH_UNAVAILABLE' });
  });
});

describe('requests with one token at a time', () => {
  it('share a verification, and its failure', async () => {
    const slow = new SlowVerifier<TestUser>();
    const auth = fixture.authenticator({ verify: slow.verify });
    const names = Promise.all([1, 2, 3].map(() => nameBy(auth, bearer('a'))));
    const other = nameBy(auth, bearer('b'));
    await slow.until(2);
    expect(slow.asked).toEqual(['a', 'b']);
    slow.answer({ sub: 'ann' });
    slow.answer(Promise.reject(new RangeError('down')));
    expect(await names).toEqual(['ann', 'ann', 'ann']);
    await expect(other).rejects.toThrow('down');
    expect(auth.stats).toMatchObject({ shared: 2, verifications: 2 });
  });
});

describe('a change of keys', () => {
  it('makes clear() forget good and bad ones', async () => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann' });
    await auth.judge(bearer('a'));
    await auth.judge(bearer('x'));
    auth.clear();
    expect(auth.stats).toMatchObject({ sessions: 0, refused: 0 });
    fixture.issuer.issue('x', { sub: 'xavier' });
    expect(await nameBy(auth, bearer('x'))).toBe('xavier');
  });

  it('is seen in keyVersion', async () => {
    let version = 1;
    const auth = fixture.authenticator({ keyVersion: () => version });
    fixture.issuer.issue('a', { sub: 'ann' });
    await auth.judge(bearer('a'));
    await auth.judge(bearer('a'));
    expect(fixture.issuer.asked).toHaveLength(1);
    version = 2;
    await auth.judge(bearer('a'));
    expect(fixture.issuer.asked).toHaveLength(2);
  });

  it('keeps out of memory what is being verified with older keys, and who comes later', async () => {
    const slow = new SlowVerifier<TestUser | undefined>();
    const auth = fixture.authenticator({ verify: slow.verify });
    const before = nameBy(auth, bearer('a'));
    await slow.until(1);
    auth.clear();
    const after = nameBy(auth, bearer('a'));
    await slow.until(2);
    expect(slow.asked).toEqual(['a', 'a']);
    slow.answer({ sub: 'ann' });
    slow.answer(undefined);
    expect([await before, await after]).toEqual(['ann', 'invalid']);
    expect(auth.stats.sessions).toBe(0);
  });

  it('forgets no revocation', async () => {
    const auth = fixture.authenticator();
    fixture.issuer.issue('a', { sub: 'ann' });
    await auth.revoke({ token: 'a' });
    auth.clear();
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });
});
