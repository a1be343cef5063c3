import * as fc from 'fast-check';
import { IndexedHeap, type HeapNode } from '../../lib/multiplexing/indexed-heap';

interface Item extends HeapNode {
  key: number;
}

const drain = (heap: IndexedHeap<Item>): number[] => {
  const keys: number[] = [];
  for (let item = heap.peek(); item !== undefined; item = heap.peek()) {
    keys.push(item.key);
    heap.remove(item);
  }
  return keys;
};

test('gives its nodes back in order, whatever was pushed, removed and changed before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { minLength: 1 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(100))),
      fc.array(fc.nat()),
      (keys, changes, removals) => {
        const heap = new IndexedHeap<Item>((a, b) => a.key < b.key);
        const items = keys.map((key) => ({ key, heapIndex: -1 }));
        for (const item of items) heap.push(item);
        for (const [index, key] of changes) {
          const item = items[index % items.length]!;
          item.key = key;
          heap.reorder(item);
        }
        for (const index of removals) {
          const item = items[index % items.length]!;
          if (item.heapIndex >= 0) heap.remove(item);
        }
        const left = items.filter((item) => item.heapIndex >= 0).map((item) => item.key);
        expect(heap.size).toBe(left.length);
        expect(drain(heap)).toEqual(left.sort((a, b) => a - b));
      },
    ),
  );
});

test('marks a removed node as outside', () => {
  const heap = new IndexedHeap<Item>((a, b) => a.key < b.key);
  const item = { key: 1, heapIndex: -1 };
  heap.push(item);
  heap.remove(item);
  expect(item.heapIndex).toBe(-1);
  expect(heap.peek()).toBeUndefined();
});
