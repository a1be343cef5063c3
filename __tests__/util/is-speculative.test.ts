import { isSpeculative } from '../../lib/util/is-speculative';

describe('isSpeculative', () => {
  it.each([
    [{ 'sec-purpose': 'prefetch' }, true],
    [{ 'sec-purpose': 'prefetch;prerender' }, true],
    [{ purpose: 'prefetch' }, true],
    [{ 'x-moz': 'prefetch' }, true],
    [{ 'sec-purpose': 'other' }, false],
    [{}, false],
  ])('of %j is %j', (headers, expected) => {
    expect(isSpeculative(headers)).toBe(expected);
  });
});
