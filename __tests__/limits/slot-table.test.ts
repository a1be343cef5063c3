import { KeyHash } from '../../lib/limits/key-hash';
import { SlotTable } from '../../lib/limits/slot-table';
import type { SlotOwner } from '../../lib/limits/slot-table';

const never: SlotOwner = { worthOf: () => 1 };

/** Gives slots to numbered keys. @returns How many took the slot of another. */
function fill(table: SlotTable, hash: KeyHash, from: number, to: number, owner = never): number {
  let displaced = 0;
  for (let i = from; i < to; i++) {
    hash.digest(`key-${i}`);
    const slot = table.choose(hash, owner, 0);
    if (table.isTaken(slot)) displaced += 1;
    table.assign(slot, hash);
  }
  return displaced;
}

describe('SlotTable', () => {
  it('finds each key it holds, and no other', () => {
    const hash = new KeyHash();
    const table = new SlotTable(1000);
    fill(table, hash, 0, 500);
    const slots = Array.from({ length: 1000 }, (_, index) => {
      hash.digest(`key-${index}`);
      return table.find(hash);
    });
    expect(new Set(slots.slice(0, 500)).size).toBe(500);
    expect(slots.slice(0, 500)).not.toContain(-1);
    expect(new Set(slots.slice(500))).toEqual(new Set([-1]));
  });

  it('has room for the keys it promises, but for one in 100', () => {
    expect(fill(new SlotTable(20_000), new KeyHash(), 0, 20_000)).toBeLessThan(200);
  });

  it('gives a key in need the slot that is worth the least', () => {
    const hash = new KeyHash();
    const table = new SlotTable(8);
    fill(table, hash, 0, 64);
    hash.digest('newcomer');
    const chosen = Array.from({ length: table.slots }, (_, slot) =>
      table.choose(hash, { worthOf: (one) => (one === slot ? 0.5 : 1) }, 0),
    );
    const followed = chosen.filter((one, slot) => one === slot).length;
    // One set or two of eight: those it may lie in.
    expect([8, 16]).toContain(followed);
  });

  it('gives away any of equals', () => {
    const hash = new KeyHash();
    const table = new SlotTable(8);
    fill(table, hash, 0, 64);
    hash.digest('newcomer');
    const chosen = Array.from({ length: 32 }, () => table.choose(hash, never, 0));
    expect(new Set(chosen).size).toBeGreaterThanOrEqual(8);
  });

  it('takes keys as hashes whose low half is 0', () => {
    const table = new SlotTable(100);
    const digest = { low: 0, high: 77 };
    table.assign(table.choose(digest, never, 0), digest);
    expect(table.find(digest)).toBeGreaterThanOrEqual(0);
    table.release(table.find(digest));
    expect(table.find(digest)).toBe(-1);
  });
});
