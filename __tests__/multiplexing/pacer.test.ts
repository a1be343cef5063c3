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

test.each([
  { bytesPerMs: 100, mostBytes: 2000 },
  { bytesPerMs: 1000, mostBytes: 8000 },
])('saves up no more than two pieces, or eight milliseconds of the line', (line) => {
  const pacer = new Pacer();
  pacer.resume(1000);
  expect(pacer.room(1000, line.bytesPerMs, 1000)).toBe(line.mostBytes);
  for (let nowMs = 1001; nowMs < 1100; nowMs++) pacer.room(nowMs, line.bytesPerMs, 1000);
  expect(pacer.room(1100, line.bytesPerMs, 1000)).toBe(line.mostBytes);
});

test('makes up at once for a turn that came late, and only once', () => {
  const pacer = new Pacer();
  pacer.spend(pacer.room(0, 100, 1000));
  expect(pacer.room(60, 100, 1000)).toBe(9000);
  expect(pacer.earnedBytes).toBe(9000);
  expect(pacer.room(61, 100, 1000)).toBe(2000);
});

test('earns nothing while nothing waits', () => {
  const pacer = new Pacer();
  pacer.spend(pacer.room(0, 100, 1000));
  pacer.resume(60);
  expect(pacer.room(60, 100, 1000)).toBe(0);
});

test('tells how long a piece has to wait', () => {
  const pacer = new Pacer();
  pacer.spend(pacer.room(0, 100, 1000));
  expect(pacer.waitMs(100, 1500)).toBe(10);
  pacer.room(10, 100, 1000);
  expect(pacer.waitMs(100, 1500)).toBe(Infinity);
});
