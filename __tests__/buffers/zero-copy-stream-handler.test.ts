import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expectBalanced } from './balanced';
import { setUpHandler } from './recording-sink';
import { nextOf } from './turns';

const kib = 1024;

let current: ReturnType<typeof setUpHandler>;
beforeEach(() => {
  current = setUpHandler();
});
afterEach(() => {
  current.sink.complete();
  current.handler.abandon();
  expectBalanced(current.pool);
});

describe('ZeroCopyStreamHandler gathers', () => {
  it('the writes of one turn into one write', async () => {
    const { handler, sink } = current;
    handler.write('a');
    handler.write(Buffer.from('b'));
    handler.write(new Uint8Array([99]));
    expect(handler.heldBytes).toBe(3);
    expect(sink.passed).toEqual([]);
    await nextOf('immediate');
    expect(sink.data).toEqual(['abc']);
    expect(handler.heldBytes).toBe(0);
  });

  it('nothing past the current turn: ticks come before promises and timers', async () => {
    const { handler, sink } = current;
    handler.write('a');
    await new Promise<void>((resolve) => process.nextTick(resolve));
    handler.write('b');
    await nextOf('immediate');
    expect(sink.data).toEqual(['a', 'b']);
  });

  it('in a buffer that stays lent until Node has written it', async () => {
    const { handler, sink, pool } = current;
    handler.write('a');
    await nextOf('immediate');
    expect(pool.stats).toMatchObject({ lent: 1, freeBytes: 0 });
    sink.complete();
    expect(pool.stats).toMatchObject({ lent: 0, freeBytes: 4 * kib, discarded: 0 });
  });

  it('more than a buffer holds in several, in order', async () => {
    const { handler, sink } = current;
    const line = 'x'.repeat(1000);
    for (let i = 0; i < 140; i++) handler.write(line);
    await nextOf('immediate');
    expect(sink.passed.map(({ chunk }) => chunk?.length)).toEqual([65_000, 65_000, 10_000]);
    expect(sink.data.join('')).toBe(line.repeat(140));
  });

  it.each([
    ['utf8', 'grüße 🙂 \ud800'],
    ['latin1', 'grüße'],
    ['binary', 'grüße'],
    ['ascii', 'grusse'],
    ['hex', '00ff7f'],
    ['hex', '00zz'],
    ['base64', 'Z3LDvMOfZQ=='],
    ['base64', 'Z3LD\nvMOfZQ'],
    ['base64url', 'Z3LDvMOfZQ'],
    ['utf16le', 'grüße 🙂'],
    ['ucs2', 'grüße'],
  ] as const)('a string in %s as Buffer.from would encode it', async (encoding, text) => {
    const { handler, sink } = current;
    handler.write('<');
    handler.write(text, encoding);
    handler.write('>');
    await nextOf('immediate');
    const expected = Buffer.concat([
      Buffer.from('<'),
      Buffer.from(text, encoding),
      Buffer.from('>'),
    ]);
    expect(Buffer.from(sink.passed[0]?.chunk ?? '')).toHaveLength(expected.length);
    expect(sink.data).toEqual([expected.toString()]);
  });

  it('a string that has no room whole into the next buffer', async () => {
    const { handler, sink } = current;
    const quarter = Buffer.alloc(16 * kib - 1, 'x');
    for (let i = 0; i < 4; i++) handler.write(quarter);
    handler.write('x');
    handler.write('🙂');
    await nextOf('immediate');
    expect(sink.data).toEqual(['x'.repeat(64 * kib - 3), '🙂']);
  });

  it('a string that just has room into the same buffer', async () => {
    const { handler, sink } = current;
    const quarter = Buffer.alloc(16 * kib - 1, 'x');
    for (let i = 0; i < 4; i++) handler.write(quarter);
    handler.write('🙂');
    await nextOf('immediate');
    expect(sink.data).toEqual([`${'x'.repeat(64 * kib - 4)}🙂`]);
  });
});

describe('ZeroCopyStreamHandler encodes as plain Node', () => {
  const high = '\ud83d';
  const low = '\ude42';

  it.each([
    [[high, low]],
    [[`${'x'.repeat(300)}${high}`, low, 'x']],
    [['€'.repeat(200), high, Buffer.from('b'), low]],
    [['a', `${high}${low}`, 'ü'.repeat(5000), 'b', '€'.repeat(250), '🙂'.repeat(3000)]],
    [Array.from({ length: 300 }, (_, i) => '€'.repeat(i % 256))],
  ])('%#: each chunk for itself', async (chunks) => {
    const { handler, sink } = current;
    for (const chunk of chunks) handler.write(chunk);
    await nextOf('immediate');
    const passed = sink.passed.map(({ bytes }) => bytes);
    expect(Buffer.concat(passed).equals(Buffer.concat(chunks.map((one) => Buffer.from(one))))).toBe(
      true,
    );
  });
});

describe('ZeroCopyStreamHandler passes through', () => {
  it('a large chunk itself, behind what is held', async () => {
    const { handler, sink, pool } = current;
    const large = Buffer.alloc(16 * kib, 'l');
    handler.write('a');
    handler.write(large);
    handler.write('b');
    expect(sink.passed[1]?.chunk).toBe(large);
    await nextOf('immediate');
    expect(sink.data).toEqual(['a', large.toString(), 'b']);
    expect(pool.stats).toMatchObject({ hits: 0, misses: 2 });
  });

  it('a large string with its encoding', () => {
    const { handler, sink } = current;
    const large = 'ü'.repeat(16 * kib);
    handler.write(large, 'latin1');
    expect(sink.passed[0]).toMatchObject({ chunk: large, encoding: 'latin1' });
  });

  it('an encoding that only Node can judge', () => {
    const { handler, sink } = current;
    handler.write('x', 'klingon' as BufferEncoding);
    expect(sink.passed[0]).toMatchObject({ chunk: 'x', encoding: 'klingon' });
  });

  it('a zero-length write when nothing is held', () => {
    const { handler, sink, pool } = current;
    const callback = jest.fn();
    handler.write('', undefined, callback);
    expect(sink.passed[0]).toMatchObject({ call: 'write', chunk: '', callback });
    expect(pool.stats.misses).toBe(0);
  });

  it('what is held on flush()', async () => {
    const { handler, sink } = current;
    handler.write('a');
    handler.flush();
    expect(sink.data).toEqual(['a']);
    handler.write('b');
    await nextOf('immediate');
    expect(sink.data).toEqual(['a', 'b']);
  });

  it('everything when the pool fails, and tells', async () => {
    const { handler, sink, pool } = current;
    const failures: unknown[] = [];
    const listen = (failure: unknown) => failures.push(failure);
    subscribe('headstart:failure', listen);
    const error = new Error('no memory');
    jest.spyOn(pool, 'acquire').mockImplementation(() => {
      throw error;
    });
    handler.write('a');
    handler.end('b');
    unsubscribe('headstart:failure', listen);
    expect(sink.data).toEqual(['ab']);
    expect(failures).toEqual([{ part: 'zeroCopy', error }]);
  });
});

describe('ZeroCopyStreamHandler ends', () => {
  it('a body that comes whole with the very chunk it was given', () => {
    const { handler, sink, tapped } = current;
    const callback = jest.fn();
    handler.end('whole', 'latin1', callback);
    expect(sink.passed).toMatchObject([
      { call: 'end', chunk: 'whole', encoding: 'latin1', callback },
    ]);
    expect(tapped.log).toEqual([]);
  });

  it('with what is held and the last chunk in one call', async () => {
    const { handler, sink } = current;
    handler.write('a');
    handler.end('b');
    expect(sink.passed).toMatchObject([{ call: 'end', data: 'ab', encoding: undefined }]);
    await nextOf('immediate');
    expect(sink.passed).toHaveLength(1);
  });

  it('with what is held alone', () => {
    const { handler, sink } = current;
    handler.write('a');
    handler.end();
    expect(sink.passed).toMatchObject([{ call: 'end', data: 'a' }]);
  });

  it('with a last chunk that has no room behind what is held', () => {
    const { handler, sink } = current;
    const last = Buffer.alloc(16 * kib, 'l');
    handler.write('a');
    handler.end(last);
    expect(sink.passed).toMatchObject([
      { call: 'write', data: 'a' },
      { call: 'end', chunk: last },
    ]);
  });

  it('and releases the last buffer when Node has finished', () => {
    const { handler, sink, pool } = current;
    const order: string[] = [];
    handler.write('a', undefined, () => order.push('write'));
    handler.end('b', undefined, () => order.push('end'));
    expect(pool.stats.lent).toBe(1);
    sink.complete();
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 0 });
    expect(order).toEqual(['write', 'end']);
  });
});

describe('ZeroCopyStreamHandler calls back', () => {
  it('for every write in order when the one write is done', async () => {
    const { handler, sink } = current;
    const order: string[] = [];
    handler.write('a', undefined, () => order.push('a'));
    handler.write('', undefined, () => order.push('empty'));
    handler.write('b', undefined, () => order.push('b'));
    await nextOf('immediate');
    expect(order).toEqual([]);
    sink.complete();
    expect(order).toEqual(['a', 'empty', 'b']);
  });

  it('with the error of the one write, and does not reuse its memory', async () => {
    const { handler, sink, pool } = current;
    const callback = jest.fn();
    const error = new Error('reset');
    handler.write('a', undefined, callback);
    await nextOf('immediate');
    sink.complete(error);
    expect(callback.mock.calls).toEqual([[error]]);
    expect(pool.stats).toMatchObject({ lent: 0, discarded: 1, freeBytes: 0 });
    sink.passed.length = 0;
  });
});

describe('ZeroCopyStreamHandler holds back', () => {
  it('the headers no longer than the first byte', () => {
    const { handler, tapped } = current;
    handler.write('a');
    handler.write('b');
    expect(tapped.log).toEqual(['holdHeaders']);
  });

  it('the app when Node and the held bytes reach the mark, until they are passed on', async () => {
    const { handler, tapped } = current;
    tapped.state.writableLength = 16 * kib - 3;
    expect(handler.write('ab')).toBe(true);
    expect(handler.write('c')).toBe(false);
    await nextOf('immediate');
    expect(tapped.log).toEqual(['holdHeaders', 'commitHeaders', 'drained']);
  });

  it('its own drain when Node is full, because Node will send one', async () => {
    const { handler, sink, tapped } = current;
    sink.answer = false;
    tapped.state.writableLength = 16 * kib - 1;
    expect(handler.write('a')).toBe(false);
    await nextOf('immediate');
    expect(tapped.log).toEqual(['holdHeaders', 'commitHeaders']);
  });

  it('its own drain when flush() found Node full before', async () => {
    const { handler, sink, tapped } = current;
    sink.answer = false;
    tapped.state.writableLength = 16 * kib - 1;
    handler.write('a');
    handler.flush();
    await nextOf('immediate');
    expect(tapped.log).toEqual(['holdHeaders', 'commitHeaders']);
  });

  it('the app when Node is full in the middle of a turn', () => {
    const { handler, sink, tapped } = current;
    sink.answer = false;
    tapped.state.writableHighWaterMark = 128 * kib;
    const quarter = Buffer.alloc(16 * kib - 1, 'x');
    for (let i = 0; i < 4; i++) expect(handler.write(quarter)).toBe(true);
    expect(handler.write('three bytes too many')).toBe(false);
  });
});
