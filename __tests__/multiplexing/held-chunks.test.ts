import { HeldChunks } from '../../lib/multiplexing/held-chunks';

test('hands a large chunk out in pieces of the same memory', () => {
  const held = new HeldChunks();
  const bytes = Buffer.from('abcdefgh');
  held.push(bytes, undefined);
  const pieces = [held.take(3), held.take(3), held.take(3)].map((piece) => piece?.bytes);
  expect(pieces.map(String)).toEqual(['abc', 'def', 'gh'].map((s) => String(Buffer.from(s))));
  expect(pieces.every((piece) => piece?.buffer === bytes.buffer)).toBe(true);
  expect(held.take(3)).toBeUndefined();
});

test("gives a chunk's callback with its last piece only", () => {
  const held = new HeldChunks();
  const callback = () => {};
  held.push(Buffer.alloc(4), callback);
  expect(held.take(2)?.callback).toBeUndefined();
  expect(held.take(2)?.callback).toBe(callback);
});

test('counts its bytes', () => {
  const held = new HeldChunks();
  held.push(Buffer.alloc(10), undefined);
  held.push(Buffer.alloc(5), undefined);
  held.take(4);
  expect(held.bytes).toBe(11);
  held.take(100);
  held.take(100);
  expect([held.bytes, held.isEmpty]).toEqual([0, true]);
});

test('returns the callbacks still owed when it is dropped', () => {
  const held = new HeldChunks();
  const [a, b] = [() => {}, () => {}];
  held.push(Buffer.alloc(1), a);
  held.push(Buffer.alloc(1), undefined);
  held.push(Buffer.alloc(1), b);
  expect(held.drop()).toEqual([a, b]);
  expect([held.bytes, held.isEmpty]).toEqual([0, true]);
});
