import type { IncomingMessage } from 'node:http';
import { parseAuthOptions } from '../../lib/auth/auth-options';
import type { LazyAuthOptions } from '../../lib/auth/auth-options';
import { Authenticator } from '../../lib/auth/authenticator';
import { cookieToken } from '../../lib/auth/cookie-token';
import { bearerToken } from '../../lib/auth/bearer-token';
import { Issuer, SlowVerifier, type TestUser } from './issuer';
import { bearer, requestWith } from './requests';

let nowMs = 0;
let issuer: Issuer;

beforeEach(() => {
  nowMs = 1_000_000;
  issuer = new Issuer();
});

function authenticator(options: LazyAuthOptions<TestUser> = {}): Authenticator<TestUser> {
  return new Authenticator(parseAuthOptions({ verify: issuer.verify, ...options }), () => nowMs);
}

const nameBy = async (auth: Authenticator<TestUser>, req: IncomingMessage): Promise<string> => {
  const verdict = await auth.judge(req);
  return verdict.session === undefined ? verdict.name : String(verdict.session.subject);
};

describe('what is remembered', () => {
  it('is verified once in its time, and again after it', async () => {
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann' });
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    nowMs += 59_999;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    expect(issuer.asked).toHaveLength(1);
    nowMs += 1;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    expect(issuer.asked).toHaveLength(2);
  });

  it('is given at once, not by a promise', async () => {
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann' });
    await auth.judge(bearer('a'));
    expect(auth.judge(bearer('a'))).not.toBeInstanceOf(Promise);
  });

  it('is refused at the moment it expires', async () => {
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann', exp: 1_010 });
    await auth.judge(bearer('a'));
    nowMs = 1_009_999;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    nowMs = 1_010_000;
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it('is refused before nbf, when the clock was set back', async () => {
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann', nbf: 1_000 });
    await auth.judge(bearer('a'));
    nowMs = 999_999;
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it('takes the tolerance of clocks into account', async () => {
    const auth = authenticator({ clockToleranceMs: 5_000 });
    issuer.issue('a', { sub: 'ann', exp: 996, nbf: 1_005 });
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
    nowMs += 1_000;
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it('does not outlive the least recently used', async () => {
    const auth = authenticator({ maxSessions: 2 });
    for (const token of ['a', 'b', 'c']) issuer.issue(token, { sub: token });
    for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await auth.judge(bearer(token));
    expect(issuer.asked).toEqual(['a', 'b', 'c', 'b']);
    expect(auth.stats.sessions).toBe(2);
  });

  it('can be nothing', async () => {
    const auth = authenticator({ ttlMs: 0 });
    issuer.issue('a', { sub: 'ann' });
    for (let i = 0; i < 3; i++) expect(await nameBy(auth, bearer('a'))).toBe('ann');
    expect(issuer.asked).toHaveLength(3);
  });
});

describe('a token that verify accepted', () => {
  it.each([
    ['expired', { exp: 1_000 }],
    ['not valid yet', { nbf: 1_001 }],
    ['of no sensible date', { exp: 'never' as never }],
  ])('is refused when it is %s', async (_state, times) => {
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann', ...times });
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
    expect(auth.stats.sessions).toBe(0);
  });
});

describe('what is refused', () => {
  it('is remembered for a short time', async () => {
    const auth = authenticator();
    expect(await nameBy(auth, bearer('x'))).toBe('invalid');
    nowMs += 4_999;
    expect(await nameBy(auth, bearer('x'))).toBe('invalid');
    expect(issuer.asked).toHaveLength(1);
    nowMs += 1;
    await auth.judge(bearer('x'));
    expect(issuer.asked).toHaveLength(2);
    expect(auth.stats.refusedHits).toBe(1);
  });

  it('evicts no session, however much there is of it', async () => {
    const auth = authenticator({ maxSessions: 3, maxRefused: 5 });
    for (const token of ['a', 'b', 'c']) issuer.issue(token, { sub: token });
    for (const token of ['a', 'b', 'c']) await auth.judge(bearer(token));
    for (let i = 0; i < 1_000; i++) await auth.judge(bearer(`random${i}`));
    const asked = issuer.asked.length;
    for (const token of ['a', 'b', 'c']) expect(await nameBy(auth, bearer(token))).toBe(token);
    expect(issuer.asked).toHaveLength(asked);
    expect(auth.stats).toMatchObject({ sessions: 3, refused: 5 });
  });

  it.each([[undefined], [null], [false], ['text'], [1]])(
    'is what verify answers with %p',
    async (answer) => {
      const auth = authenticator({ verify: () => answer as never });
      expect(await nameBy(auth, bearer('a'))).toBe('invalid');
    },
  );

  it('is told with the code of the error that verify threw', async () => {
    const error = Object.assign(new Error('secret text'), { code: 'ERR_JWT_EXPIRED' });
    const auth = authenticator({ verify: () => Promise.reject(error) });
    expect(await auth.judge(bearer('a'))).toEqual({
      name: 'invalid',
      scheme: 'Bearer',
      reason: 'ERR_JWT_EXPIRED',
    });
  });

  it('is never verified when it is malformed', async () => {
    const auth = authenticator();
    expect(await nameBy(auth, bearer('a b'))).toBe('malformed');
    expect(await nameBy(auth, requestWith({ authorization: 'Bearer' }))).toBe('malformed');
    expect(issuer.asked).toEqual([]);
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
    const auth = authenticator({ verify });
    await expect(auth.judge(bearer('a'))).rejects.toBe(down);
    isDown = false;
    expect(await nameBy(auth, bearer('a'))).toBe('ann');
  });

  it('may be thrown at once', async () => {
    const auth = authenticator({
      verify: () => {
        throw down;
      },
    });
    await expect(auth.judge(bearer('a'))).rejects.toBe(down);
  });

  it('is taking too long', async () => {
    const auth = authenticator({ verify: () => new Promise(() => {}), verifyTimeoutMs: 1 });
    await expect(auth.judge(bearer('a'))).rejects.toMatchObject({ code: 'ERR_AUTH_UNAVAILABLE' });
  });
});

describe('requests with one token at a time', () => {
  it('share a verification, and its failure', async () => {
    const slow = new SlowVerifier<TestUser | Promise<TestUser>>();
    const auth = authenticator({ verify: slow.verify });
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
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann' });
    await auth.judge(bearer('a'));
    await auth.judge(bearer('x'));
    auth.clear();
    expect(auth.stats).toMatchObject({ sessions: 0, refused: 0 });
    issuer.issue('x', { sub: 'xavier' });
    expect(await nameBy(auth, bearer('x'))).toBe('xavier');
  });

  it('is seen in keyVersion', async () => {
    let version = 1;
    const auth = authenticator({ keyVersion: () => version });
    issuer.issue('a', { sub: 'ann' });
    await auth.judge(bearer('a'));
    await auth.judge(bearer('a'));
    expect(issuer.asked).toHaveLength(1);
    version = 2;
    await auth.judge(bearer('a'));
    expect(issuer.asked).toHaveLength(2);
  });

  it('keeps out of memory what is being verified with older keys, and who comes later', async () => {
    const slow = new SlowVerifier<TestUser | undefined>();
    const auth = authenticator({ verify: slow.verify });
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
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann' });
    await auth.revoke({ token: 'a' });
    auth.clear();
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });
});

describe('a revocation', () => {
  const all = [
    ['of the token', { token: 'a' }],
    ['of its subject', { subject: 'ann' }],
    ['by a function', ({ user }: { user: TestUser }) => user.sub === 'ann'],
  ] as const;

  it.each(all)('%s refuses what is remembered, from the next line on', async (_by, revocation) => {
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann', iat: 999 });
    issuer.issue('b', { sub: 'bob', iat: 999 });
    await auth.judge(bearer('a'));
    await auth.judge(bearer('b'));
    void auth.revoke(revocation);
    expect(await auth.judge(bearer('a'))).toMatchObject({ name: 'invalid' });
    expect(await nameBy(auth, bearer('b'))).toBe('bob');
  });

  it.each(all)('%s refuses what was never seen', async (_by, revocation) => {
    const auth = authenticator();
    issuer.issue('a', { sub: 'ann', iat: 999 });
    void auth.revoke(revocation);
    expect(await nameBy(auth, bearer('a'))).toBe('invalid');
  });

  it.each(all)('%s refuses what is being verified, for all who wait', async (_by, revocation) => {
    const slow = new SlowVerifier<TestUser>();
    const auth = authenticator({ verify: slow.verify });
    const names = [nameBy(auth, bearer('a')), nameBy(auth, bearer('a'))];
    await slow.until(1);
    expect(slow.asked).toEqual(['a']);
    void auth.revoke(revocation);
    slow.answer({ sub: 'ann', iat: 999 });
    expect(await Promise.all(names)).toEqual(['invalid', 'invalid']);
    expect(auth.stats.sessions).toBe(0);
  });

  it('of a token calls verify no more', async () => {
    const auth = authenticator({ refusedTtlMs: 0 });
    issuer.issue('a', { sub: 'ann' });
    void auth.revoke({ token: 'a' });
    await auth.judge(bearer('a'));
    expect(issuer.asked).toEqual([]);
  });

  it('of a subject lets a later login in', async () => {
    const auth = authenticator();
    issuer.issue('new', { sub: 'ann', iat: 1_001 });
    await auth.revoke({ subject: 'ann' });
    nowMs += 1_000;
    expect(await nameBy(auth, bearer('new'))).toBe('ann');
  });

  it('of a token holds for every scheme and partition', async () => {
    const auth = authenticator({
      schemes: [bearerToken(), cookieToken('sid')],
      partition: (req) => String(req.headers.host),
    });
    issuer.issue('a', { sub: 'ann' });
    const requests = () => [
      requestWith({ host: 'one', authorization: 'Bearer a' }),
      requestWith({ host: 'two', cookie: 'sid=a' }),
    ];
    for (const req of requests()) expect(await nameBy(auth, req)).toBe('ann');
    await auth.revoke({ token: 'a' });
    for (const req of requests()) expect(await nameBy(auth, req)).toBe('invalid');
  });
});

describe('verdicts are never mixed up', () => {
  it('between schemes, even of one name', async () => {
    const known = (token: string, sub: string) => (text: string) =>
      text === token ? { sub } : undefined;
    const auth = authenticator({
      schemes: [
        cookieToken('one', { verify: known('same', 'ann') }),
        cookieToken('two', { verify: known('other', 'bob') }),
        bearerToken({ verify: known('same', 'cyd') }),
      ],
    });
    const ask = (headers: Record<string, string>) => nameBy(auth, requestWith(headers));
    for (let round = 0; round < 2; round++) {
      expect(await ask({ cookie: 'one=same' })).toBe('ann');
      expect(await ask({ cookie: 'two=same' })).toBe('invalid');
      expect(await ask({ authorization: 'Bearer same' })).toBe('cyd');
    }
  });

  it('between tenants', async () => {
    const asked: string[] = [];
    const auth = authenticator({
      verify: (token, { headers: { host = '' } }) => {
        asked.push(`${host} ${token}`);
        return host === 'red.example' ? { sub: 'ann' } : undefined;
      },
      partition: (req) => String(req.headers.host),
    });
    const ask = (host: string) => nameBy(auth, requestWith({ host, authorization: 'Bearer a' }));
    for (let round = 0; round < 2; round++) {
      expect(await ask('red.example')).toBe('ann');
      expect(await ask('blue.example')).toBe('invalid');
    }
    expect(asked).toHaveLength(2);
  });

  it('between tenants that ask at the same time', async () => {
    const slow = new SlowVerifier<TestUser | undefined>();
    const auth = authenticator({
      verify: slow.verify,
      partition: (req) => String(req.headers.host),
    });
    const ask = (host: string) => nameBy(auth, requestWith({ host, authorization: 'Bearer a' }));
    const names = Promise.all([ask('red'), ask('blue')]);
    await slow.until(2);
    slow.answer({ sub: 'ann' });
    slow.answer(undefined);
    expect(await names).toEqual(['ann', 'invalid']);
  });

  it('between audiences, which have a lazyAuth each', async () => {
    const verifyFor = (audience: string) => (token: string) =>
      token === `for ${audience}`.replace(' ', '-') ? { sub: audience } : undefined;
    const [shop, bank] = ['shop', 'bank'].map((one) => authenticator({ verify: verifyFor(one) }));
    expect(await nameBy(shop!, bearer('for-shop'))).toBe('shop');
    expect(await nameBy(bank!, bearer('for-shop'))).toBe('invalid');
    expect(await nameBy(shop!, bearer('for-shop'))).toBe('shop');
  });
});

describe('schemes', () => {
  const schemes = [
    bearerToken<TestUser>(),
    cookieToken<TestUser>('sid'),
    {
      name: 'ApiKey',
      extract: ({ headers }: IncomingMessage) => headers['x-api-key'] as string | undefined,
    },
  ];

  it('are asked in order; the first that finds a credential decides', async () => {
    const auth = authenticator({ schemes });
    issuer.issue('b', { sub: 'bearer' });
    issuer.issue('c', { sub: 'cookie' });
    issuer.issue('k', { sub: 'key' });
    const ask = (headers: Record<string, string>) => nameBy(auth, requestWith(headers));
    const all = { authorization: 'Bearer b', cookie: 'sid=c', 'x-api-key': 'k' };
    expect(await ask(all)).toBe('bearer');
    expect(await ask({ ...all, authorization: 'Basic xyz' })).toBe('cookie');
    expect(await ask({ 'x-api-key': 'k' })).toBe('key');
    expect(await ask({ ...all, authorization: 'Bearer bad' })).toBe('invalid');
    expect(await ask({})).toBe('missing');
  });
});
