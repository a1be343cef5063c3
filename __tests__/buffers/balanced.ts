import type { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';

/** Every buffer test ends with this: nothing lent, nothing lost. */
export function expectBalanced(pool: ZeroCopyBufferPool): void {
  expect(pool.stats).toMatchObject({ lent: 0, lentBytes: 0 });
}
