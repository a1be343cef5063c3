import { parseAuthOptions } from '../../lib/auth/auth-options';
import { cookieToken } from '../../lib/auth/cookie-token';

const verify = () => undefined;

describe('the options of lazyAuth', () => {
  it('have defaults', () => {
    const { schemes, ...others } = parseAuthOptions({ verify });
    expect(schemes.map(({ scheme }) => scheme.name)).toEqual(['Bearer']);
    expect(others).toMatchObject({
      property: 'auth',
      ttlMs: 60_000,
      maxSessions: 10_000,
      refusedTtlMs: 5_000,
      maxRefused: 1_000,
      clockToleranceMs: 0,
      verifyTimeoutMs: 10_000,
      withoutLog: 'accept',
    });
  });

  it.each([
    [{}, 'verify must be given; nobody verifies Bearer'],
    [{ verify: 1 }, 'verify must be a function'],
    [{ verify, schemes: [] }, 'schemes must be a list of schemes'],
    [{ verify, schemes: [{ name: 'a b', extract: verify }] }, 'schemes must be a list'],
    [{ verify, schemes: [{ name: 'Key' }] }, 'schemes must be a list'],
    [{ verify, realm: 'a\nb' }, 'realm must be a text of visible ASCII'],
    [{ verify, revocationLog: {} }, 'revocationLog must be a log'],
    [{ verify, ttl: 1 }, 'did you mean ttlMs?'],
    [
      { verify: (_token: string, _req: object) => undefined },
      'say in partition what of it decides',
    ],
  ])('refuse %j', (options, message) => {
    const parse = () => parseAuthOptions(options as never);
    expect(parse).toThrow(TypeError);
    expect(parse).toThrow(message);
  });

  it.each([{ ttlMs: 3_600_001 }, { refusedTtlMs: 60_001 }, { maxSessions: 0 }])(
    'refuse %j as out of range',
    (options) => {
      expect(() => parseAuthOptions({ verify, ...options })).toThrow(RangeError);
    },
  );

  it('need no verify of all when each scheme has one', () => {
    expect(() => parseAuthOptions({ schemes: [cookieToken('sid', { verify })] })).not.toThrow();
  });

  it('allow verify to take the request once partition says what decides', () => {
    const options = { verify: (_token: string, _req: object) => undefined, partition: () => '' };
    expect(() => parseAuthOptions(options)).not.toThrow();
  });
});
