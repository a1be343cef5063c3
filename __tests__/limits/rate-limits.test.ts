import { RateLimits } from '../../lib/limits/rate-limits';
import { FakeClock } from './fake-clock';

function make(options: ConstructorParameters<typeof RateLimits>[0] = {}) {
  const clock = new FakeClock();
  return { clock, limits: new RateLimits({ clock: clock.read, maxKeys: 1000, ...options }) };
}

const takeMany = (limits: RateLimits, key: string, count: number, limit?: number): number => {
  let admitted = 0;
  for (let i = 0; i < count; i++) if (limits.take(key, 1, limit)) admitted += 1;
  return admitted;
};

describe('RateLimits', () => {
  it.each(['sliding-log', 'sliding-window', 'token-bucket'] as const)(
    'keeps keys apart and tells what is left, by %s',
    (algorithm) => {
      const { clock, limits } = make({ algorithm, limit: 3, windowMs: 60_000 });
      expect(takeMany(limits, 'a', 5)).toBe(3);
      expect(limits.remaining).toBe(0);
      expect(limits.resetAtMs).toBeGreaterThan(clock.nowMs);
      expect(limits.resetAtMs).toBeLessThanOrEqual(clock.nowMs + 2 * 60_000);
      expect(takeMany(limits, 'b', 1)).toBe(1);
      expect(limits.peek('b')).toMatchObject({ used: 1, remaining: 2 });
      expect(limits.peek('c')).toBeUndefined();
    },
  );

  it('takes another limit for a key that has one', () => {
    const { limits } = make({ algorithm: 'sliding-window' });
    expect(takeMany(limits, 'free', 20, 10)).toBe(10);
    expect(takeMany(limits, 'pro', 200, 100)).toBe(100);
    expect(limits.peek('pro', 100)).toMatchObject({ used: 100 });
  });

  it('refuses a limit larger than its log, and what is no limit', () => {
    const { limits } = make({ limit: 5 });
    expect(() => limits.take('a', 1, 6)).toThrow(/limit must be at most 5 with this algorithm/);
    expect(() => limits.take('a', 1, NaN)).toThrow(/limit must be a number of at least 0, got NaN/);
  });

  it.each([-1, 0.5, NaN, 2 ** 32])('refuses the cost %d', (cost) => {
    expect(() => make().limits.take('a', cost)).toThrow(RangeError);
  });

  it('blocks a key that asks for too much, for the time of the penalty', () => {
    const { clock, limits } = make({ limit: 2, windowMs: 1000, penaltyMs: 60_000 });
    expect(takeMany(limits, 'a', 3)).toBe(2);
    expect(limits.resetAtMs).toBe(clock.nowMs + 60_000);
    clock.advance(30_000);
    expect(limits.take('a')).toBe(false);
    // Asking does not make it longer.
    expect(limits.resetAtMs).toBe(clock.nowMs + 30_000);
    clock.advance(29_999);
    expect(limits.take('a')).toBe(false);
    clock.advance(1);
    expect(takeMany(limits, 'a', 3)).toBe(2);
  });

  it('blocks nobody for longer when the clock is set back', () => {
    const { clock, limits } = make({ limit: 1, windowMs: 1000, penaltyMs: 10_000 });
    takeMany(limits, 'a', 2);
    clock.advance(-3_600_000);
    expect(limits.take('a')).toBe(true);
  });

  it('makes a key as good as new, or all', () => {
    const { limits } = make({ limit: 1 });
    takeMany(limits, 'a', 1);
    takeMany(limits, 'b', 1);
    limits.reset('a');
    expect(takeMany(limits, 'a', 1)).toBe(1);
    expect(takeMany(limits, 'b', 1)).toBe(0);
    limits.resetAll();
    expect(takeMany(limits, 'b', 1)).toBe(1);
  });

  it('makes a key as good as new that comes often', () => {
    const { limits } = make({ limit: 1000 });
    takeMany(limits, 'often', 500);
    limits.reset('often');
    expect(takeMany(limits, 'often', 2000)).toBe(1000);
  });

  it('counts for nobody else what a key asks that came often and lost its slot', () => {
    const { limits } = make({ limit: 100, maxKeys: 16 });
    for (let i = 0; i < 100; i++) limits.take('often', 0);
    for (let i = 0; i < 200; i++) takeMany(limits, `other-${i}`, 50);
    expect(limits.peek('often')).toBeUndefined();
    expect(takeMany(limits, 'often', 200)).toBe(100);
  });

  it('admits nothing with a limit of 0', () => {
    for (const algorithm of ['auto', 'sliding-window', 'token-bucket'] as const) {
      expect(takeMany(make({ algorithm, limit: 0 }).limits, 'a', 3)).toBe(0);
    }
  });

  it.each([
    ['the log', { limit: 5 }],
    ['the sliding window', { limit: 100 }],
    ['the bucket', { limit: 100, algorithm: 'token-bucket' as const }],
    ['the sliding window with penalties', { limit: 100, penaltyMs: 1000 }],
  ])('takes at most 40 bytes a key for %s, all at the start', (_name, options) => {
    const { limits } = make({ ...options, maxKeys: 100_000 });
    const { bytes } = limits;
    expect(bytes / 100_000).toBeLessThanOrEqual(40);
    for (let i = 0; i < 150_000; i++) limits.take(`key-${i}`);
    expect(limits.bytes).toBe(bytes);
  });

  it.each([
    [{ limit: -1 }, /limit must be an integer from 0 to 2147483647, got -1/],
    [{ algorithm: 'sliding-log', limit: 2000 }, /'sliding-log' needs limit at most 1024/],
    [{ burst: 5 }, /burst needs algorithm 'token-bucket', got 'auto'/],
    [{ maxKey: 5 }, /unknown option 'maxKey'; did you mean maxKeys\?/],
  ])('refuses %j', (options, message) => {
    expect(() => new RateLimits(options as never)).toThrow(message);
  });
});
