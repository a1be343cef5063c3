import { setImmediate as immediate } from 'node:timers/promises';
import { FakeSession } from './gated-response';

const piece = 16_384;

test('passes a small body in the call that ends it', () => {
  const session = new FakeSession();
  session.response(1).gate.end('hello', 'latin1');
  expect(session.written).toEqual([{ id: 1, text: 'hello', end: true }]);
});

test('passes small writes at once while they add up to one piece', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  gate.write(Buffer.alloc(piece - 10));
  gate.write(Buffer.alloc(10));
  gate.write(Buffer.alloc(1));
  expect(session.written.map((one) => one.text.length)).toEqual([piece - 10, 10]);
  session.complete();
  expect(gate.heldBytes).toBe(1);
});

test('never holds up a response that trickles', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  for (let event = 0; event < 100; event++) {
    gate.write(Buffer.alloc(1000));
    session.complete();
    expect(gate.heldBytes).toBe(0);
  }
});

test('commits the headers when it holds bytes', () => {
  const session = new FakeSession();
  const response = session.response(1);
  response.gate.end(Buffer.alloc(piece + 1));
  expect(response.headersSent).toBe(true);
  expect(session.written).toEqual([]);
});

test('lets END_STREAM ride on the last piece', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  gate.end(Buffer.alloc(2 * piece + 5));
  session.settle();
  expect(session.written.map((one) => [one.text.length, one.end])).toEqual([
    [piece, false],
    [piece, false],
    [5, true],
  ]);
});

test('lets END_STREAM ride on bytes that were written before the end', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  gate.write(Buffer.alloc(piece + 5));
  const ended = jest.fn();
  gate.end(undefined, undefined, ended);
  session.settle();
  expect(session.written.map((one) => [one.text.length, one.end])).toEqual([
    [piece, false],
    [5, true],
  ]);
  expect(ended).toHaveBeenCalledTimes(1);
});

test('keeps bytes of all kinds in order', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  const big = 'x'.repeat(piece + 1);
  gate.write('first', 'latin1');
  gate.write(Buffer.from(big));
  gate.write('c2Vjb25k', 'base64');
  gate.write('');
  gate.write(Uint8Array.from(Buffer.from('third')));
  gate.end('last', 'latin1');
  session.settle();
  expect(session.bytesOf(1)).toBe(`first${big}secondthirdlast`);
});

test('fills a piece with several small chunks', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  gate.write(Buffer.alloc(piece + 1));
  for (let i = 0; i < 50; i++) gate.write(Buffer.alloc(100));
  session.loop.turn();
  session.complete();
  session.loop.turn(3);
  expect(session.written).toHaveLength(1 + 51);
});

test('calls a write back when the last byte of its chunk was written', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  const [first, second] = [jest.fn(), jest.fn()];
  gate.write(Buffer.alloc(piece + 10), undefined, first);
  gate.write(Buffer.alloc(10), undefined, second);
  session.loop.turn();
  session.complete();
  expect(first).not.toHaveBeenCalled();
  session.settle();
  expect(first).toHaveBeenCalledTimes(1);
  expect(second).toHaveBeenCalledTimes(1);
});

test('pushes back at the high-water mark and says when there is room', () => {
  const session = new FakeSession();
  const response = session.response(1);
  expect(response.gate.write(Buffer.alloc(piece + 100))).toBe(false);
  expect(response.drains).toBe(0);
  session.loop.turn();
  expect(response.gate.heldBytes).toBe(100);
  expect(response.drains).toBe(1);
  session.settle();
  expect(response.drains).toBe(1);
});

test('fails the callbacks of what it still held when the response closes', async () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  const [written, ended] = [jest.fn(), jest.fn()];
  gate.write(Buffer.alloc(3 * piece), undefined, written);
  gate.end(undefined, undefined, ended);
  session.loop.turn();
  gate.abandon();
  gate.abandon();
  await immediate();
  const error = expect.objectContaining({ code: 'ERR_STREAM_DESTROYED' }) as unknown;
  expect(written.mock.calls).toEqual([[error]]);
  expect(ended.mock.calls).toEqual([[error]]);
  session.settle();
  expect(session.written).toHaveLength(1);
  expect(gate.heldBytes).toBe(0);
});

test('takes nothing more once the response closed', async () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  gate.abandon();
  const late = jest.fn();
  gate.write(Buffer.alloc(2 * piece), undefined, late);
  await immediate();
  expect(late).toHaveBeenCalledTimes(1);
  session.settle();
  expect(session.written).toEqual([]);
});

test('gives back the room of small writes that were never reported as written', () => {
  const session = new FakeSession();
  const lost = session.response(1);
  lost.gate.write(Buffer.alloc(piece));
  lost.gate.abandon();
  session.response(3).gate.write(Buffer.alloc(piece));
  expect(session.order).toEqual([1, 3]);
  session.complete();
  expect(session.counters.directBytes).toBe(2 * piece);
});

test('reports a sink that throws, and lets the others go on', () => {
  const session = new FakeSession();
  session.response(1).gate.end(Buffer.alloc(2 * piece));
  session.failing = new Error('broken');
  session.loop.turn();
  session.failing = undefined;
  session.response(3).gate.end(Buffer.alloc(2 * piece));
  session.settle();
  expect(session.order).toEqual([3, 3]);
});

describe('of a response that tells its length', () => {
  test('keeps its last bytes for the end, so that END_STREAM rides on them', () => {
    const session = new FakeSession();
    const { gate } = session.response(1, {}, 300);
    gate.write(Buffer.alloc(200));
    expect(gate.write(Buffer.alloc(100))).toBe(true);
    expect(session.written.map((one) => one.text.length)).toEqual([200]);
    expect(gate.heldBytes).toBe(100);
    const ended = jest.fn();
    gate.end(undefined, undefined, ended);
    session.settle();
    expect(session.written.map((one) => [one.text.length, one.end])).toEqual([
      [200, false],
      [100, true],
    ]);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  test('keeps them no longer than the ticks of one callback', async () => {
    const session = new FakeSession();
    const { gate } = session.response(1, {}, 100);
    const written = jest.fn();
    gate.write(Buffer.alloc(100), undefined, written);
    await Promise.resolve();
    session.settle();
    expect(session.written.map((one) => [one.text.length, one.end])).toEqual([[100, false]]);
    expect(written).toHaveBeenCalledTimes(1);
    gate.end();
    session.settle();
    expect(session.written.at(-1)?.end).toBe(true);
    expect(session.counters.directBytes).toBe(100);
  });

  test('passes them on for a flush, and before bytes too many', () => {
    const session = new FakeSession();
    const flushed = session.response(1, {}, 1);
    flushed.gate.write('a', 'latin1');
    flushed.gate.flush();
    const wrong = session.response(3, {}, 1);
    wrong.gate.write('b', 'latin1');
    wrong.gate.write('c', 'latin1');
    expect(session.written.map((one) => one.text)).toEqual(['a', 'b', 'c']);
  });

  test('drops them when the response closes', () => {
    const session = new FakeSession();
    const { gate } = session.response(1, {}, 100);
    gate.write(Buffer.alloc(100));
    gate.abandon();
    session.settle();
    expect(session.written).toEqual([]);
    expect(gate.heldBytes).toBe(0);
  });
});
