import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';

const kib = 1024;

/** Lends so many buffers at the same time and takes them all back. */
function burst(pool: ZeroCopyBufferPool, count: number, bytes = 4 * kib): void {
  const lent = Array.from({ length: count }, () => pool.acquire(bytes));
  for (const pooled of lent) pooled.release();
}

describe('ZeroCopyBufferPool ages', () => {
  it('to the peak of the last period, then to half with every period without traffic', () => {
    const pool = new ZeroCopyBufferPool({ ageingMs: 0 });
    burst(pool, 8);
    const kept = Array.from({ length: 6 }, () => {
      pool.age();
      return pool.stats.freeBytes / (4 * kib);
    });
    expect(kept).toEqual([8, 4, 2, 1, 0, 0]);
    expect(pool.stats).toMatchObject({ evicted: 8, lent: 0 });
  });

  it('no further than the traffic of the period needs', () => {
    const pool = new ZeroCopyBufferPool({ ageingMs: 0 });
    burst(pool, 8);
    for (let period = 0; period < 5; period++) {
      burst(pool, 3);
      pool.age();
    }
    expect(pool.stats.freeBytes).toBe(12 * kib);
  });

  it('with what is out counted as needed, in the next period too', () => {
    const pool = new ZeroCopyBufferPool({ ageingMs: 0 });
    burst(pool, 4);
    const out = [pool.acquire(1), pool.acquire(1), pool.acquire(1)];
    pool.age();
    expect(pool.stats.freeBytes).toBe(4 * kib);
    pool.age();
    expect(pool.stats.freeBytes).toBe(0);
    for (const pooled of out) pooled.release();
    pool.age();
    expect(pool.stats).toMatchObject({ freeBytes: 12 * kib, lent: 0 });
  });

  it('each size for itself', () => {
    const pool = new ZeroCopyBufferPool({ ageingMs: 0 });
    burst(pool, 2, 64 * kib);
    burst(pool, 2, 4 * kib);
    pool.age();
    burst(pool, 2, 4 * kib);
    pool.age();
    expect(pool.stats).toMatchObject({ freeBytes: 72 * kib, evicted: 1 });
  });

  it('by dropping what lay idle longest', () => {
    const pool = new ZeroCopyBufferPool({ ageingMs: 0 });
    const [bottom, top] = [pool.acquire(1), pool.acquire(1)];
    const memory = top.bytes.buffer;
    bottom.release();
    top.release();
    pool.age();
    pool.age();
    const again = pool.acquire(1);
    expect(again.bytes.buffer).toBe(memory);
    again.release();
    expect(pool.stats).toMatchObject({ evicted: 1, hits: 1, lent: 0 });
  });
});

describe('ZeroCopyBufferPool with ageingMs', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('ages by itself until nothing is free, and again after the next release', () => {
    const pool = new ZeroCopyBufferPool({ ageingMs: 1000 });
    expect(jest.getTimerCount()).toBe(0);
    burst(pool, 2);
    jest.advanceTimersByTime(1999);
    expect(pool.stats.freeBytes).toBe(8 * kib);
    jest.advanceTimersByTime(1);
    expect(pool.stats.freeBytes).toBe(4 * kib);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1000);
    expect(pool.stats.freeBytes).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
    burst(pool, 1);
    jest.advanceTimersByTime(2000);
    expect(pool.stats).toMatchObject({ freeBytes: 0, evicted: 3 });
  });

  it('has a period of ten seconds by default', () => {
    const pool = new ZeroCopyBufferPool();
    burst(pool, 1);
    jest.advanceTimersByTime(19_999);
    expect(pool.stats.freeBytes).toBe(4 * kib);
    jest.advanceTimersByTime(1);
    expect(pool.stats.freeBytes).toBe(0);
  });

  it('keeps everything with 0', () => {
    const pool = new ZeroCopyBufferPool({ ageingMs: 0 });
    burst(pool, 3);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(3_600_000);
    expect(pool.stats).toMatchObject({ freeBytes: 12 * kib, evicted: 0 });
  });

  it('keeps no process alive', () => {
    jest.useRealTimers();
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    burst(new ZeroCopyBufferPool(), 1);
    expect(timers()).toBe(before);
  });

  it('names a period that is none', () => {
    expect(() => new ZeroCopyBufferPool({ ageingMs: -1 })).toThrow(
      'ZeroCopyBufferPool: ageingMs must be an integer from 0 to 2147483647, got -1',
    );
  });
});
