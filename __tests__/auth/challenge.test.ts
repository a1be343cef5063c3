import { challengeOf, isQuotable, isScopeToken } from '../../lib/auth/challenge';

const bearer = { names: ['Bearer'], realm: undefined };

describe('challengeOf', () => {
  it('names the scheme alone when there is nothing to tell', () => {
    expect(challengeOf(bearer, undefined, [])(undefined, 'no credentials')).toBe('Bearer');
  });

  it('tells the error to the scheme that was used, and the realm to all', () => {
    const context = { names: ['Bearer', 'Cookie'], realm: 'shop' };
    expect(challengeOf(context, 'Bearer', [])('invalid_token', 'expired')).toBe(
      'Bearer realm="shop", error="invalid_token", error_description="expired", Cookie realm="shop"',
    );
  });

  it('names each scheme once, in order', () => {
    const context = { names: ['Cookie', 'Bearer', 'Cookie'], realm: undefined };
    expect(challengeOf(context, undefined, [])(undefined, '')).toBe('Cookie, Bearer');
  });

  it('tells which scopes are required', () => {
    expect(challengeOf(bearer, 'Bearer', ['a', 'b'])('insufficient_scope', 'more')).toBe(
      'Bearer error="insufficient_scope", error_description="more", scope="a b"',
    );
  });

  it('quotes the realm', () => {
    const context = { names: ['Bearer'], realm: String.raw`a "b" \c` };
    expect(challengeOf(context, undefined, [])(undefined, '')).toBe(
      String.raw`Bearer realm="a \"b\" \\c"`,
    );
  });
});

describe('isQuotable', () => {
  it.each(['', 'a b', '"'])('says yes to %p', (text) => expect(isQuotable(text)).toBe(true));
  it.each(['a\r\nb', 'ä', 1])('says no to %p', (text) => expect(isQuotable(text)).toBe(false));
});

describe('isScopeToken', () => {
  it.each(['a', 'orders:read', '!'])('says yes to %p', (text) =>
    expect(isScopeToken(text)).toBe(true),
  );
  it.each(['', 'a b', 'a"', '\\', 1])('says no to %p', (text) =>
    expect(isScopeToken(text)).toBe(false),
  );
});
