import { HotKeys } from '../../lib/limits/hot-keys';

/** Offers a key until it must be in. */
function press(hot: HotKeys, key: string, slot = 0): void {
  for (let i = 0; i < 16; i++) hot.offer(key, { low: 1, high: 2 }, slot);
}

describe('HotKeys', () => {
  it('knows keys that came often, not those that came once', () => {
    const hot = new HotKeys();
    hot.offer('once', { low: 3, high: 4 }, 9);
    press(hot, 'often', 7);
    expect(hot.find('often')).toEqual({ low: 1, high: 2, slot: 7 });
    expect(hot.find('once')).toBeUndefined();
  });

  it('notes where a key has gone', () => {
    const hot = new HotKeys();
    press(hot, 'often', 7);
    press(hot, 'often', 8);
    expect(hot.find('often')).toMatchObject({ slot: 8 });
  });

  it('never holds more than 1024', () => {
    const hot = new HotKeys();
    let most = 0;
    for (let i = 0; i < 5000; i++) {
      press(hot, `key-${i}`);
      most = Math.max(most, hot.size);
    }
    expect(most).toBe(1024);
  });

  it('does not hold keys that are long or beyond Latin-1', () => {
    const hot = new HotKeys();
    press(hot, 'k'.repeat(65));
    press(hot, '日本');
    expect(hot.size).toBe(0);
  });
});
