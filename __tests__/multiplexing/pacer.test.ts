import { Pacer } from '../../lib/multiplexing/pacer';

test('holds nothing back while the rate is not known', () => {
  const pacer = new Pacer();
  expect(pacer.room(0, 0, 1000)).toBe(Infinity);
  pacer.spend(1_000_000);
  expect(pacer.room(0, 0, 1000)).toBe(Infinity);
  expect(pacer.waitMs(0, 1000)).toBe(Infinity);
});

test('lets bytes leave half again as fast as the path carries them', () => {
  const pacer = new Pacer();
  pacer.spend(pacer.room(0, 100, 1000));
  expect(pacer.room(10, 100, 1000)).toBe(1500);
});

test('saves up no more than two pieces, or eight milliseconds of the line', () => {
  const pacer = new Pacer();
  expect(pacer.room(1000, 100, 1000)).toBe(2000);
  expect(new Pacer().room(1000, 1000, 1000)).toBe(8000);
});

test('tells how long a piece has to wait', () => {
  const pacer = new Pacer();
  pacer.spend(pacer.room(0, 100, 1000));
  expect(pacer.waitMs(100, 1500)).toBe(10);
  pacer.room(10, 100, 1000);
  expect(pacer.waitMs(100, 1500)).toBe(Infinity);
});
