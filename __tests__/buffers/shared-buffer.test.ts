import { SharedBuffer } from '../../lib/buffers/shared-buffer';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';

const released = expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' });

describe('SharedBuffer', () => {
  it('encodes a string as UTF-8', () => {
    const shared = SharedBuffer.from('grüße');
    expect(shared.byteLength).toBe(7);
    expect(shared.toString()).toBe('grüße');
    expect(shared.toString('latin1')).toBe('grÃ¼Ã\u009fe');
    shared.release();
  });

  it('shares the memory of a Uint8Array instead of copying it', () => {
    const source = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    const shared = SharedBuffer.from(source);
    expect(shared.bytes.buffer).toBe(source.buffer);
    expect([...shared]).toEqual([1, 2]);
    shared.release();
  });

  it('is freed once, with its last reference', () => {
    const onFree = jest.fn();
    const shared = SharedBuffer.from('x', onFree);
    expect(shared.retain()).toBe(shared);
    expect(shared.references).toBe(2);
    shared.release();
    expect(onFree).not.toHaveBeenCalled();
    shared.release();
    expect(onFree.mock.calls).toEqual([[true]]);
    expect(shared.references).toBe(0);
  });

  it('throws at any use after the last release', () => {
    const shared = SharedBuffer.from('x');
    shared.release();
    expect(() => shared.bytes).toThrow(released);
    expect(() => shared.toString()).toThrow(released);
    expect(() => [...shared]).toThrow(released);
    expect(() => shared.slice(0)).toThrow(released);
    expect(() => shared.retain()).toThrow(released);
    expect(() => shared.release()).toThrow(released);
    expect(() => shared.discard()).toThrow(released);
    expect(shared.byteLength).toBe(1);
  });

  it('gives slices that share its memory and keep it alive', () => {
    const onFree = jest.fn();
    const shared = SharedBuffer.from('head start', onFree);
    const slice = shared.slice(5);
    const sliceOfSlice = slice.slice(0, -1);
    expect(sliceOfSlice.bytes.buffer).toBe(shared.bytes.buffer);
    shared.release();
    slice.release();
    expect(onFree).not.toHaveBeenCalled();
    expect(sliceOfSlice.toString()).toBe('star');
    sliceOfSlice.release();
    expect(onFree).toHaveBeenCalledTimes(1);
  });

  it('takes no reference for a slice that was released', () => {
    const shared = SharedBuffer.from('x');
    const slice = shared.slice();
    expect(shared.references).toBe(2);
    slice.retain();
    expect(shared.references).toBe(2);
    slice.release();
    slice.release();
    expect(shared.references).toBe(1);
    shared.release();
  });

  it('gives pooled memory back to its pool', () => {
    const pool = new ZeroCopyBufferPool();
    const pooled = pool.acquire(5);
    pooled.bytes.write('start');
    const shared = SharedBuffer.from(pooled.bytes.subarray(0, 5), (isReusable) =>
      isReusable ? pooled.release() : pooled.discard(),
    );
    shared.release();
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 0, freeBytes: 4096 });
  });

  it('tells that memory must not be reused when one holder let go while it was in use', () => {
    const onFree = jest.fn();
    const shared = SharedBuffer.from('x', onFree);
    shared.slice().discard();
    expect(onFree).not.toHaveBeenCalled();
    shared.release();
    expect(onFree.mock.calls).toEqual([[false]]);
  });
});
