import { HotKeys } from '../../lib/limits/hot-keys';
import { SlotTable } from '../../lib/limits/slot-table';

const digest = { low: 1, high: 2 };
const capacity = 2048;

function make() {
  const table = new SlotTable(100);
  return { table, hot: new HotKeys(table) };
}

/** Offers a key until it must be in. */
function press(hot: HotKeys, key: string, slot = 0): void {
  for (let i = 0; i < 16; i++) hot.offer(key, digest, slot);
}

/** Fills it with keys, none of which is sought again. */
function flood(hot: HotKeys): void {
  for (let i = 0; i < capacity; i++) press(hot, `junk-${i}`);
}

describe('HotKeys', () => {
  it('knows keys that came often, not those that came once', () => {
    const { hot, table } = make();
    table.assign(7, digest);
    hot.offer('once', digest, 7);
    press(hot, 'often', 7);
    expect(hot.find('often')).toBe(7);
    expect(hot.find('once')).toBe(-1);
  });

  it('knows nothing of a key whose slot was given to another', () => {
    const { hot, table } = make();
    table.assign(7, digest);
    press(hot, 'often', 7);
    table.assign(7, { low: 1, high: 3 });
    expect(hot.find('often')).toBe(-1);
  });

  it('notes where a key has gone', () => {
    const { hot, table } = make();
    press(hot, 'often', 7);
    table.assign(8, digest);
    press(hot, 'often', 8);
    expect(hot.find('often')).toBe(8);
    expect(hot.size).toBe(1);
  });

  it('never holds more than 2048, of which the oldest leave first', () => {
    const { hot, table } = make();
    table.assign(0, digest);
    flood(hot);
    press(hot, 'one more');
    expect(hot.size).toBe(capacity);
    expect([hot.find('junk-0'), hot.find('junk-1'), hot.find('one more')]).toEqual([-1, 0, 0]);
  });

  it('does not hold keys that are long or beyond Latin-1', () => {
    const { hot } = make();
    press(hot, 'k'.repeat(65));
    press(hot, '日本');
    expect(hot.size).toBe(0);
  });

  it('rests when it is full of keys that do not come again, and begins anew then', () => {
    const { hot, table } = make();
    table.assign(0, digest);
    flood(hot);
    for (let i = 0; i < 4096; i++) hot.find(`new-${i}`);
    expect(hot.size).toBe(0);
    press(hot, 'often');
    expect(hot.size).toBe(0);
    for (let i = 0; i < 131_072; i++) hot.find('often');
    press(hot, 'often');
    expect(hot.find('often')).toBe(0);
  });

  it('does not rest while a third of the searches succeed', () => {
    const { hot, table } = make();
    table.assign(0, digest);
    flood(hot);
    for (let i = 0; i < 10_000; i++) hot.find(i % 5 < 2 ? 'junk-2047' : `new-${i}`);
    expect(hot.find('junk-2047')).toBe(0);
  });
});
