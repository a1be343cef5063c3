import type { IncomingMessage } from 'node:http';
import { bearerToken } from '../../lib/auth/bearer-token';
import { cookieToken } from '../../lib/auth/cookie-token';
import { authenticatorFixture, nameBy } from './authenticator-fixture';
import { SlowVerifier, type TestUser } from './issuer';
import { bearer, requestWith } from './requests';

let fixture = authenticatorFixture();
beforeEach(() => {
  fixture = authenticatorFixture();
});

describe('verdicts are never mixed up', () => {
  it('between schemes, even of one name', async () => {
    const known = (token: string, sub: string) => (text: string) =>
      text === token ? { sub } : undefined;
    const auth = fixture.authenticator({
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
    const auth = fixture.authenticator({
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
    const auth = fixture.authenticator({
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
    const [shop, bank] = ['shop', 'bank'].map((one) =>
      fixture.authenticator({ verify: verifyFor(one) }),
    );
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
    const auth = fixture.authenticator({ schemes });
    fixture.issuer.issue('b', { sub: 'bearer' });
    fixture.issuer.issue('c', { sub: 'cookie' });
    fixture.issuer.issue('k', { sub: 'key' });
    const ask = (headers: Record<string, string>) => nameBy(auth, requestWith(headers));
    const all = { authorization: 'Bearer b', cookie: 'sid=c', 'x-api-key': 'k' };
    expect(await ask(all)).toBe('bearer');
    expect(await ask({ ...all, authorization: 'Basic xyz' })).toBe('cookie');
    expect(await ask({ 'x-api-key': 'k' })).toBe('key');
    expect(await ask({ ...all, authorization: 'Bearer bad' })).toBe('invalid');
    expect(await ask({})).toBe('missing');
  });
});
