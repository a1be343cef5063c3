import { AgingCache } from '../../lib/auth/aging-cache';

describe('AgingCache', () => {
  it('keeps a value until it is as old as the limit', () => {
    const cache = new AgingCache<string>(10, 100);
    cache.set('a', 'value', 1000);
    expect(cache.get('a', 1099)).toBe('value');
    expect(cache.get('a', 1100)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('does not keep a value longer because it is used', () => {
    const cache = new AgingCache<string>(10, 100);
    cache.set('a', 'value', 0);
    cache.get('a', 99);
    expect(cache.get('a', 100)).toBeUndefined();
  });

  it('lets go of values when the clock was set back', () => {
    const cache = new AgingCache<string>(10, 100);
    cache.set('a', 'value', 1000);
    expect(cache.get('a', 999)).toBeUndefined();
  });

  it('evicts what was used least recently', () => {
    const cache = new AgingCache<string>(2, 100);
    cache.set('a', 'one', 0);
    cache.set('b', 'two', 0);
    cache.get('a', 1);
    cache.set('c', 'three', 2);
    expect(cache.get('b', 3)).toBeUndefined();
    expect([cache.get('a', 3), cache.get('c', 3)]).toEqual(['one', 'three']);
  });

  it.each([
    [0, 100],
    [10, 0],
  ])('keeps nothing with %d entries and %d ms', (maxEntries, ttlMs) => {
    const cache = new AgingCache<string>(maxEntries, ttlMs);
    cache.set('a', 'value', 0);
    expect(cache.get('a', 0)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('can be emptied', () => {
    const cache = new AgingCache<string>(10, 100);
    cache.set('a', 'value', 0);
    cache.clear();
    expect(cache.get('a', 0)).toBeUndefined();
  });
});
