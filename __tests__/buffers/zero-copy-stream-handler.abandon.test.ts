import { expectBalanced } from './balanced';
import { setUpHandler } from './recording-sink';
import { nextOf } from './turns';

let current: ReturnType<typeof setUpHandler>;
beforeEach(() => {
  current = setUpHandler();
});
afterEach(() => {
  current.sink.complete();
  current.handler.abandon();
  expectBalanced(current.pool);
});

describe('ZeroCopyStreamHandler lets go', () => {
  it('of held bytes: their memory is free, their writers hear of it', async () => {
    const { handler, sink, pool } = current;
    const callback = jest.fn();
    handler.write('a', undefined, callback);
    handler.abandon();
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 0, freeBytes: 0 });
    await nextOf('immediate');
    expect(callback.mock.calls).toEqual([
      [expect.objectContaining({ code: 'ERR_STREAM_DESTROYED' })],
    ]);
    expect(sink.passed).toEqual([]);
  });

  it('of bytes in the hands of Node: their memory is not used again', async () => {
    const { handler, sink, pool } = current;
    const callback = jest.fn();
    handler.write('a', undefined, callback);
    await nextOf('immediate');
    handler.abandon();
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 1, freeBytes: 0 });
    expect(Buffer.from(sink.passed[0]?.chunk ?? '').toString()).toBe('a');
    sink.complete();
    expect(callback).toHaveBeenCalledTimes(1);
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 1, freeBytes: 0 });
  });

  it('of a last buffer for which Node never calls back', async () => {
    const { handler, pool } = current;
    const [onWrite, onEnd] = [jest.fn(), jest.fn()];
    handler.write('a', undefined, onWrite);
    handler.end('b', undefined, onEnd);
    handler.abandon();
    await nextOf('immediate');
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 1 });
    expect(onWrite.mock.calls).toEqual([
      [expect.objectContaining({ code: 'ERR_STREAM_DESTROYED' })],
    ]);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it('of a buffer whose callback says nothing of the reset that came before', async () => {
    const { handler, sink, tapped, pool } = current;
    handler.write('a');
    await nextOf('immediate');
    tapped.state.destroyed = true;
    sink.complete();
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 1, freeBytes: 0 });
  });

  it('of what is written afterwards', async () => {
    const { handler, sink } = current;
    const [onWrite, onEnd] = [jest.fn(), jest.fn()];
    handler.abandon();
    expect(handler.write('a', undefined, onWrite)).toBe(false);
    handler.end('b', undefined, onEnd);
    await nextOf('immediate');
    expect(sink.passed).toEqual([]);
    expect(onWrite).toHaveBeenCalledWith(expect.objectContaining({ code: 'ERR_STREAM_DESTROYED' }));
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('of the response, not of the process, when passing on throws with no caller left', async () => {
    const { handler, sink, tapped, pool } = current;
    jest.spyOn(sink, 'write').mockImplementation(() => {
      throw new Error('content length mismatch');
    });
    handler.write('a');
    await nextOf('immediate');
    expect(tapped.log).toEqual(['holdHeaders', 'commitHeaders', 'destroy']);
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 1 });
  });
});
