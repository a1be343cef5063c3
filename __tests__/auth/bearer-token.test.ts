import { bearerToken } from '../../lib/auth/bearer-token';
import { requestWith } from './requests';

const scheme = bearerToken();
const extract = (authorization: string) => scheme.extract(requestWith({ authorization }));

describe('bearerToken', () => {
  it.each([
    ['Bearer abc.def', 'abc.def'],
    ['bearer abc.def', 'abc.def'],
    ['BEARER   abc.def', 'abc.def'],
    ['Bearer', ''],
    ['Bearer a b', 'a b'],
  ])('finds in %p the token %p', (field, token) => {
    expect(extract(field)).toBe(token);
  });

  it.each(['Basic YTpi', 'Bearers abc', 'Bear', 'abc', ''])('finds nothing in %p', (field) => {
    expect(extract(field)).toBeUndefined();
  });

  it('finds nothing without the header', () => {
    expect(scheme.extract(requestWith())).toBeUndefined();
  });

  it('takes a request with two Authorization fields as malformed', () => {
    const req = requestWith({ authorization: 'Bearer first' });
    req.rawHeaders.push('AUTHORIZATION', 'Bearer second');
    expect(scheme.extract(req)).toBe('');
  });

  it.each(['abc', 'a-b._~+/9', 'Zz==', 'eyJh.eyJz.c2ln'])('accepts %p', (token) => {
    expect(scheme.accepts?.(token)).toBe(true);
  });

  it.each(['', '=', 'a b', 'a,b', 'a=b', 'ä', 'a"', 'a@', 'a[', 'a`', 'a{'])(
    'does not accept %p',
    (token) => {
      expect(scheme.accepts?.(token)).toBe(false);
    },
  );
});
