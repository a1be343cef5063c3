import * as fc from 'fast-check';
import { BoundedMap } from '../../lib/util/bounded-map';

const keys = (map: BoundedMap<string>, candidates: readonly string[]): string[] =>
  candidates.filter((key) => map.peek(key) !== undefined);

describe('BoundedMap', () => {
  it('makes a value once and returns it from then on', () => {
    const map = new BoundedMap<object>(2);
    const first = map.use('a', () => ({}));
    expect(map.use('a', () => ({}))).toBe(first);
    expect(map.peek('a')).toBe(first);
  });

  it('evicts what came once before what came often', () => {
    const map = new BoundedMap<string>(3);
    for (const key of ['often', 'often', 'once', 'twice', 'twice', 'new']) map.use(key, () => key);
    expect(keys(map, ['often', 'once', 'twice', 'new'])).toEqual(['often', 'twice', 'new']);
    expect(map.evictions).toBe(1);
  });

  it('does not take a look for a use', () => {
    const map = new BoundedMap<string>(2);
    map.use('a', () => 'a');
    map.use('b', () => 'b');
    for (let i = 0; i < 10; i++) map.peek('a');
    map.use('c', () => 'c');
    expect(keys(map, ['a', 'b', 'c'])).toEqual(['b', 'c']);
  });

  it('lets go of former favourites after five passes without use', () => {
    const map = new BoundedMap<number>(4);
    for (let i = 0; i < 1000; i++) map.use('favourite', () => 0);
    let visits = 0;
    const passes = (n: number): void => {
      for (let i = 0; i < n * 4; i++) map.use(`${visits++}`, () => i);
    };
    passes(2);
    expect(map.peek('favourite')).toBe(0);
    passes(8);
    expect(map.peek('favourite')).toBeUndefined();
  });

  it('evicts even when every entry is a favourite', () => {
    const map = new BoundedMap<number>(100);
    for (let i = 0; i < 10_000; i++) map.use(`${i % 100}`, () => i);
    map.use('new', () => -1);
    expect(map.size).toBe(100);
    expect(map.peek('new')).toBe(-1);
  });

  it('evicts again after having been emptied', () => {
    const map = new BoundedMap<string>(1);
    for (const key of ['a', 'b']) map.use(key, () => key);
    map.delete('b');
    for (const key of ['c', 'd']) map.use(key, () => key);
    expect(keys(map, ['a', 'b', 'c', 'd'])).toEqual(['d']);
  });

  it('keeps its bound and its newest entry for any input', () => {
    const uses = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string()));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), uses, (maxEntries, sequence) => {
        const map = new BoundedMap<string>(maxEntries);
        for (const key of sequence) {
          expect(map.use(key, () => key)).toBe(key);
          expect(map.peek(key)).toBe(key);
          expect(map.size).toBeLessThanOrEqual(maxEntries);
          expect([...map.values()]).toHaveLength(map.size);
        }
      }),
    );
  });
});
