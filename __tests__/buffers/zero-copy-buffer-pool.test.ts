import * as fc from 'fast-check';
import type { PooledBuffer } from '../../lib/buffers/pooled-buffer';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';

const kib = 1024;

describe('ZeroCopyBufferPool', () => {
  it.each([
    [0, 4 * kib],
    [1, 4 * kib],
    [4 * kib, 4 * kib],
    [4 * kib + 1, 8 * kib],
    [16 * kib, 16 * kib],
    [33 * kib, 64 * kib],
    [64 * kib, 64 * kib],
  ])('lends for %i bytes a buffer of %i', (asked, lent) => {
    const pool = new ZeroCopyBufferPool();
    const pooled = pool.acquire(asked);
    expect(pooled.bytes.length).toBe(lent);
    pooled.release();
    expect(pool.stats).toMatchObject({ lent: 0, lentBytes: 0, freeBytes: lent });
  });

  it('lends the same memory again after its release', () => {
    const pool = new ZeroCopyBufferPool();
    const first = pool.acquire(100);
    const memory = first.bytes.buffer;
    first.release();
    const second = pool.acquire(4000);
    expect(second.bytes.buffer).toBe(memory);
    expect(pool.stats).toMatchObject({ hits: 1, misses: 1, lent: 1, freeBytes: 0 });
    second.release();
    expect(pool.stats.lent).toBe(0);
  });

  it('allocates what is larger than the largest size for once and keeps none of it', () => {
    const pool = new ZeroCopyBufferPool();
    const pooled = pool.acquire(64 * kib + 1);
    expect(pooled.bytes.length).toBe(64 * kib + 1);
    pooled.release();
    expect(pool.stats).toMatchObject({ oversized: 1, lent: 0, lentBytes: 0, freeBytes: 0 });
  });

  it('remembers how many buffers were out at the same time', () => {
    const pool = new ZeroCopyBufferPool();
    const three = [pool.acquire(1), pool.acquire(1), pool.acquire(1)];
    for (const pooled of three) pooled.release();
    pool.acquire(1).release();
    expect(pool.stats).toMatchObject({ peakLent: 3, lent: 0 });
  });

  it('keeps no more than maxBytes free', () => {
    const pool = new ZeroCopyBufferPool({ maxBytes: 10 * kib });
    const three = [pool.acquire(1), pool.acquire(1), pool.acquire(1)];
    for (const pooled of three) pooled.release();
    expect(pool.stats).toMatchObject({ freeBytes: 8 * kib, evicted: 1, lent: 0 });
  });

  it('keeps no more than maxBuffers free', () => {
    const pool = new ZeroCopyBufferPool({ maxBuffers: 2 });
    const four = [pool.acquire(1), pool.acquire(1), pool.acquire(1), pool.acquire(60 * kib)];
    for (const pooled of four) pooled.release();
    expect(pool.stats).toMatchObject({ freeBuffers: 2, evicted: 2, lent: 0 });
    pool.acquire(1).release();
    expect(pool.stats).toMatchObject({ hits: 1, freeBuffers: 2 });
  });

  it('lets idle buffers of another size go for the size in use', () => {
    const pool = new ZeroCopyBufferPool({ maxBytes: 16 * kib });
    const small = [pool.acquire(1), pool.acquire(1), pool.acquire(1), pool.acquire(1)];
    for (const pooled of small) pooled.release();
    pool.acquire(16 * kib).release();
    expect(pool.stats).toMatchObject({ freeBytes: 16 * kib, evicted: 4, lent: 0 });
    pool.acquire(16 * kib).release();
    expect(pool.stats.hits).toBe(1);
  });

  it('keeps nothing with maxBytes 0', () => {
    const pool = new ZeroCopyBufferPool({ maxBytes: 0 });
    pool.acquire(1).release();
    expect(pool.stats).toMatchObject({ freeBytes: 0, evicted: 1, lent: 0 });
  });

  it('throws when a buffer comes back twice, even when its memory has a new user', () => {
    const pool = new ZeroCopyBufferPool();
    const first = pool.acquire(1);
    first.release();
    const second = pool.acquire(1);
    const released = expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' });
    expect(() => first.release()).toThrow(released);
    expect(() => first.discard()).toThrow(released);
    second.release();
    expect(pool.stats).toMatchObject({ lent: 0, lentBytes: 0, freeBytes: 4 * kib });
  });

  it('throws when bytes are read after their release', () => {
    const pooled = new ZeroCopyBufferPool().acquire(1);
    pooled.release();
    expect(() => pooled.bytes).toThrow(expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' }));
  });

  it('throws for a buffer of another pool and for an impostor', () => {
    const pool = new ZeroCopyBufferPool();
    const other = new ZeroCopyBufferPool();
    const foreign = expect.objectContaining({ code: 'ERR_BUFFER_FOREIGN' });
    const pooled = other.acquire(1);
    const impostor: PooledBuffer = { bytes: Buffer.alloc(1), release() {}, discard() {} };
    expect(() => pool.release(pooled)).toThrow(foreign);
    expect(() => pool.discard(impostor)).toThrow(foreign);
    pooled.release();
    expect([pool.stats.lent, other.stats.lent]).toEqual([0, 0]);
  });

  it('never lends discarded memory again and leaves its bytes as they are', () => {
    const pool = new ZeroCopyBufferPool({ poison: true });
    const pooled = pool.acquire(1);
    const bytes = pooled.bytes.fill('x');
    pooled.discard();
    expect(bytes.every((byte) => byte === 'x'.charCodeAt(0))).toBe(true);
    const next = pool.acquire(1);
    expect(next.bytes.buffer).not.toBe(bytes.buffer);
    next.release();
    expect(pool.stats).toMatchObject({ discarded: 1, lent: 0, lentBytes: 0 });
  });

  it('fills released memory with 0xdb in poison mode', () => {
    const pooled = new ZeroCopyBufferPool({ poison: true }).acquire(1);
    const { bytes } = pooled;
    bytes.fill('x');
    pooled.release();
    expect(bytes.every((byte) => byte === 0xdb)).toBe(true);
  });

  it('refuses a size that is none', () => {
    const pool = new ZeroCopyBufferPool();
    expect(() => pool.acquire(-1)).toThrow(RangeError);
    expect(() => pool.acquire(Number.NaN)).toThrow('minBytes must be an integer of at least 0');
    expect(pool.stats.lent).toBe(0);
  });

  it('names an option that is wrong', () => {
    expect(() => new ZeroCopyBufferPool({ maxBytes: -1 })).toThrow(
      'ZeroCopyBufferPool: maxBytes must be an integer of at least 0, got -1',
    );
  });

  it('never lends memory to two at a time and keeps its books through any sequence', () => {
    const step = fc.record({
      act: fc.constantFrom('acquire', 'acquire', 'release', 'discard'),
      bytes: fc.integer({ min: 0, max: 80 * kib }),
      which: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const pool = new ZeroCopyBufferPool({ maxBytes: 64 * kib });
        const out: PooledBuffer[] = [];
        const giveBack = (index: number, act: 'release' | 'discard') =>
          out.splice(index, 1)[0]?.[act]();
        for (const { act, bytes, which } of steps) {
          if (act === 'acquire') out.push(pool.acquire(bytes));
          else if (out.length > 0)
            giveBack(which % out.length, act === 'discard' ? act : 'release');
          expect(new Set(out.map((pooled) => pooled.bytes.buffer)).size).toBe(out.length);
          expect(pool.stats.lent).toBe(out.length);
          expect(pool.stats.freeBytes).toBeLessThanOrEqual(64 * kib);
        }
        while (out.length > 0) giveBack(0, 'release');
        expect(pool.stats).toMatchObject({ lent: 0, lentBytes: 0 });
      }),
      { seed: 20_26, numRuns: 100 },
    );
  });
});
