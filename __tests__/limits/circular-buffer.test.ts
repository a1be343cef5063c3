import { CircularBuffer } from '../../lib/limits/circular-buffer';

const contents = (buffer: CircularBuffer, ring: number): number[] =>
  Array.from({ length: buffer.count(ring) }, (_, index) => buffer.at(ring, index));

describe('CircularBuffer', () => {
  it('keeps the order of numbers over the end of the ring', () => {
    const buffer = new CircularBuffer(2, 3);
    for (const value of [1, 2, 3]) buffer.push(1, value);
    buffer.shift(1);
    buffer.shift(1);
    buffer.push(1, 4);
    buffer.push(1, 5);
    expect(contents(buffer, 1)).toEqual([3, 4, 5]);
    expect(contents(buffer, 0)).toEqual([]);
  });

  it('takes the youngest of equal numbers out of the middle', () => {
    const buffer = new CircularBuffer(1, 4);
    for (const value of [9, 7, 7, 8, 0]) {
      if (buffer.count(0) === 4) buffer.shift(0);
      buffer.push(0, value);
    }
    expect(buffer.remove(0, 7)).toBe(true);
    expect(contents(buffer, 0)).toEqual([7, 8, 0]);
    expect(buffer.remove(0, 9)).toBe(false);
  });

  it('holds whole numbers up to 32 bits', () => {
    const buffer = new CircularBuffer(1, 1);
    buffer.push(0, 2 ** 32 - 1);
    expect(buffer.at(0, 0)).toBe(2 ** 32 - 1);
    buffer.clear(0);
    expect(buffer.count(0)).toBe(0);
  });
});
