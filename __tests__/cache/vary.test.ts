import { isKeyTooLong, varyKey, varyNames } from '../../lib/cache/vary';

describe('varyNames', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['Accept-Language', ['accept-language']],
    ['B, a ,B', ['a', 'b']],
    ['a,,b', ['a', 'b']],
  ])('reads %p', (field, names) => {
    expect(varyNames(field)).toEqual(names);
  });

  it('reads several fields', () => {
    expect(varyNames(['b', 'a'])).toEqual(['a', 'b']);
  });

  it.each(['*', 'a, *', '*, a'])('knows that nothing matches %p', (field) => {
    expect(varyNames(field)).toBeUndefined();
  });
});

describe('varyKey', () => {
  it('tells a missing header from an empty one', () => {
    expect(varyKey(['a'], {})).not.toBe(varyKey(['a'], { a: '' }));
  });

  it('does not let one header speak for another', () => {
    const names = ['a', 'b'];
    expect(varyKey(names, { a: '1\n=2' })).not.toBe(varyKey(names, { a: '1', b: '2' }));
    expect(varyKey(names, { a: '1' })).not.toBe(varyKey(names, { b: '1' }));
  });

  it('reads what is asked for in Accept-Encoding, not how', () => {
    const names = ['accept-encoding'];
    expect(varyKey(names, { 'accept-encoding': 'gzip, br' })).toBe(
      varyKey(names, { 'accept-encoding': 'br,gzip' }),
    );
  });

  it('is too long when a client sends kilobytes', () => {
    expect(isKeyTooLong(varyKey(['a'], { a: 'x'.repeat(3000) }))).toBe(true);
  });
});
