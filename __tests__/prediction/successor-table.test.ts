import { addCounted } from '../../lib/prediction/successor-merge';
import { SuccessorTable, type SuccessorTableInit } from '../../lib/prediction/successor-table';

const table = (init: Partial<SuccessorTableInit> = {}) =>
  new SuccessorTable({
    width: 4,
    maxBytes: 1 << 20,
    maxTotal: 256,
    minClients: 1,
    holds: true,
    isLive: () => true,
    ...init,
  });

/** Share of the visits that prove something in which a target was used. */
function shareOf(one: SuccessorTable, row: number, place: number): [number, number] {
  const total = one.rows.totalOf(row);
  const proven = total - one.rows.heldAt(row, place);
  return [(one.rows.countAt(row, place) * proven) / total, proven];
}

describe('a table of successors', () => {
  it('keeps the likeliest first', () => {
    const one = table();
    const row = one.insert(7);
    for (const id of [1, 2, 2, 3, 3, 3]) {
      one.addVisit(row);
      one.addUse(row, id);
    }
    expect([0, 1, 2, 3].map((place) => one.rows.idAt(row, place))).toEqual([3, 2, 1, 0]);
    expect(one.rows.placeOf(row, 1)).toBe(2);
    expect(one.rows.placeOf(row, 9)).toBe(-1);
  });

  it('forgets what was held of the contexts to which another table is added, and of no other', () => {
    const one = table();
    const held = (key: number): number => one.rows.heldAt(one.insert(key), 0);
    for (const key of [1, 2, 3, 4]) {
      const row = one.insert(key);
      for (let visit = 0; visit < 4; visit++) one.addVisit(row);
      one.addUse(row, 5);
      one.hold(row, 5);
    }
    for (const key of [2, 3]) addCounted(one, key, 4, [[5, 2, 0]], (id) => id);
    expect([1, 2, 3, 4].map(held)).toEqual([1, 0, 0, 1]);
  });

  it('grows before it gives up a context', () => {
    const one = table();
    for (let key = 1; key <= 2000; key++) one.addVisit(one.insert(key));
    const lost = Array.from({ length: 2000 }, (_, key) => key + 1).filter(
      (key) => one.find(key) === -1,
    );
    expect(lost).toEqual([]);
  });

  it('gives up the contexts with the fewest visits when it may not grow', () => {
    const one = table({ maxBytes: 64 * 100 });
    for (let i = 0; i < 50; i++) one.addVisit(one.insert(1));
    for (let key = 2; key <= 2000; key++) {
      one.addVisit(one.insert(key));
      if (key % 20 === 0) one.addVisit(one.insert(1));
    }
    expect(one.rows.totalOf(one.find(1))).toBeGreaterThan(10);
    expect(one.size).toBeLessThanOrEqual(64);
  });

  it('leaves what is known of a target as it is by visits that were given it', () => {
    const one = table();
    const row = one.insert(7);
    for (let visit = 0; visit < 8; visit++) {
      one.addVisit(row);
      if (visit % 4 !== 0) one.addUse(row, 5);
    }
    const before = shareOf(one, row, 0);
    expect(before).toEqual([6, 8]);
    for (let visit = 0; visit < 100; visit++) {
      one.addVisit(row);
      one.hold(row, 5);
    }
    const after = shareOf(one, row, 0);
    expect(after[0]).toBeCloseTo(6, 4);
    expect(after[1]).toBe(8);
    expect(one.rows.provenOf(row)).toBe(8);
  });

  it('halves what was held with the rest', () => {
    const one = table({ maxTotal: 16 });
    const row = one.insert(7);
    for (let visit = 0; visit < 8; visit++) {
      one.addVisit(row);
      one.addUse(row, 5);
    }
    for (let visit = 0; visit < 40; visit++) {
      one.addVisit(row);
      one.hold(row, 5);
    }
    const [count, proven] = shareOf(one, row, 0);
    expect(proven).toBeGreaterThan(0);
    expect(count / proven).toBeCloseTo(1, 5);
  });
});
