import { acceptedEncodings } from '../../lib/cache/accept-encoding';

describe('acceptedEncodings', () => {
  it.each([
    'gzip, deflate, br',
    'br, gzip, deflate',
    'br,gzip,deflate',
    'BR, GZip, Deflate',
    'gzip;q=1.0, deflate;q=1, br',
    ' gzip ,  deflate , br , gzip',
    'gzip, deflate, br, x-unknown',
    'br, gzip, deflate, identity;q=0.5',
  ])('gives %p the same name as all that ask for the same', (field) => {
    expect(acceptedEncodings(field)).toBe('br,gzip,deflate,identity');
  });

  it('ranks by quality before anything else', () => {
    expect(acceptedEncodings('br;q=0.5, gzip')).toBe('gzip,br,identity');
  });

  it('leaves out what is refused', () => {
    expect(acceptedEncodings('br;q=0, gzip, identity;q=0')).toBe('gzip');
    expect(acceptedEncodings('*;q=0')).toBe('');
  });

  it('knows the difference between any, none and a star', () => {
    expect(acceptedEncodings(undefined)).toBe('');
    expect(acceptedEncodings('')).toBe('identity');
    expect(acceptedEncodings('*')).toMatch(/^dcb,dcz,br,zstd,gzip,deflate,identity$/);
  });

  it.each(['\u0000', ';;;', 'gzip;q=x', 'gzip;q=', ',,,', '=', 'q=1;q=2', 'é'])(
    'survives %p',
    (field) => {
      expect(typeof acceptedEncodings(field)).toBe('string');
    },
  );

  it('remembers a bounded number of spellings, and gives the same answer again', () => {
    for (let i = 0; i < 2000; i++) acceptedEncodings(`gzip, x-${i}`);
    expect(acceptedEncodings('gzip, x-1')).toBe('gzip,identity');
    expect(acceptedEncodings(`gzip, ${'x'.repeat(5000)}`)).toBe('gzip,identity');
  });
});
