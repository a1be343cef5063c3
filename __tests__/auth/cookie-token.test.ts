import { cookieToken } from '../../lib/auth/cookie-token';
import { requestWith } from './requests';

const extract = (cookie: string, name = 'sid') =>
  cookieToken(name).extract(requestWith({ cookie }));

describe('cookieToken', () => {
  it.each([
    ['sid=abc', 'abc'],
    ['a=1; sid=abc; b=2', 'abc'],
    ['sid=a%20b', 'a b'],
    ['sid="abc"', '"abc"'],
    ['sid=first; sid=second', 'first'],
  ])('finds in %p the value %p', (field, value) => {
    expect(extract(field)).toBe(value);
  });

  it.each(['sid=', 'xsid=abc', 'sidx=abc', 'a=sid', 'a=1'])('finds nothing in %p', (field) => {
    expect(extract(field)).toBeUndefined();
  });

  it('finds nothing without cookies', () => {
    expect(cookieToken('sid').extract(requestWith())).toBeUndefined();
  });

  it('knows no cookie that is only inherited by objects', () => {
    expect(extract('constructor_=1', 'constructor')).toBeUndefined();
  });

  it('refuses an unknown option', () => {
    expect(() => cookieToken('sid', { verfy: 1 } as never)).toThrow('did you mean verify?');
  });

  it.each(['', 'a b', 'a=b', 'a;b'])('refuses %p as the name of a cookie', (name) => {
    expect(() => cookieToken(name)).toThrow(TypeError);
  });
});
