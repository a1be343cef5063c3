import { SlidingLog } from '../../lib/limits/sliding-log';
import { SlidingWindow } from '../../lib/limits/sliding-window';
import { TokenBucket } from '../../lib/limits/token-bucket';
import type { Quota } from '../../lib/limits/quota';

const windowMs = 1000;
const limit = 10;

const quotas: readonly (readonly [string, () => Quota])[] = [
  ['SlidingLog', () => new SlidingLog(2, windowMs, limit)],
  ['SlidingWindow', () => new SlidingWindow(2, windowMs)],
  ['TokenBucket', () => new TokenBucket(2, windowMs)],
];

/** A quota of which slot 0 has begun at the time 1000. */
function begun(make: () => Quota): Quota {
  const quota = make();
  quota.begin(0, 1000);
  return quota;
}

const takeMany = (quota: Quota, count: number, nowMs: number): number => {
  let admitted = 0;
  for (let i = 0; i < count; i++) if (quota.take(0, nowMs, limit, 1)) admitted += 1;
  return admitted;
};

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe.each(quotas)('%s', (name, make) => {
  it('admits as many as the limit at once and no more', () => {
    const quota = begun(make);
    expect(takeMany(quota, 25, 1000)).toBe(limit);
    expect(quota.remaining).toBe(0);
  });

  it('counts a cost as so many hits, or not at all', () => {
    const quota = begun(make);
    expect(quota.take(0, 1000, limit, 7)).toBe(true);
    expect(quota.take(0, 1000, limit, 4)).toBe(false);
    expect(quota.remaining).toBe(3);
    expect(quota.take(0, 1000, limit, 3)).toBe(true);
  });

  it('admits what it refused at the time it told, and not before', () => {
    const next = random(7);
    const quota = begun(make);
    let nowMs = 1000;
    let refusals = 0;
    for (let i = 0; i < 2000; i++) {
      const cost = 1 + Math.floor(next() * 4);
      if (quota.take(0, nowMs, limit, cost)) {
        nowMs += Math.floor(next() * 120);
        continue;
      }
      refusals += 1;
      const promisedMs = Math.ceil(quota.resetAtMs - 1e-6);
      expect(promisedMs).toBeGreaterThan(nowMs);
      const isEarly = promisedMs - 1 > nowMs;
      expect(isEarly && quota.take(0, promisedMs - 1, limit, cost)).toBe(false);
      nowMs = promisedMs;
      expect(quota.take(0, nowMs, limit, cost)).toBe(true);
    }
    expect(refusals).toBeGreaterThan(100);
  });

  it('says what is left without counting when nothing is asked for', () => {
    const quota = begun(make);
    takeMany(quota, 4, 1000);
    for (let i = 0; i < 3; i++) expect(quota.take(0, 1000, limit, 0)).toBe(true);
    expect(quota.remaining).toBe(6);
  });

  it('gives hits back', () => {
    const quota = begun(make);
    takeMany(quota, 10, 1000);
    quota.refund(0, 1000, 1010, limit, 3);
    expect(takeMany(quota, 10, 1010)).toBe(3);
  });

  it('gives nothing back for hits that do not count any more', () => {
    const quota = begun(make);
    takeMany(quota, 5, 1000);
    const laterMs = 1000 + 3 * windowMs;
    takeMany(quota, 5, laterMs);
    quota.refund(0, 1000, laterMs, limit, 5);
    const isBucket = name === 'TokenBucket';
    // A bucket does not know which tokens were which; it has no more than it holds all the same.
    expect(takeMany(quota, 20, laterMs)).toBe(isBucket ? 10 : 5);
  });

  it('tells which share is used up, and is as good as new in the end', () => {
    const quota = begun(make);
    expect(quota.usedShare(0, 1000, limit)).toBe(0);
    takeMany(quota, 4, 1000);
    expect(quota.usedShare(0, 1000, limit)).toBeCloseTo(0.4);
    takeMany(quota, 6, 1000);
    expect(quota.usedShare(0, 1000, limit)).toBeCloseTo(1);
    const laterMs = 1000 + 2 * windowMs;
    expect(quota.usedShare(0, laterMs, limit)).toBe(0);
    expect(takeMany(quota, 20, laterMs)).toBe(limit);
  });

  it('begins anew', () => {
    const quota = begun(make);
    takeMany(quota, 10, 1000);
    quota.begin(0, 1001);
    expect(takeMany(quota, 20, 1001)).toBe(limit);
  });

  it('keeps nobody out for longer when the clock is set back', () => {
    const quota = begun(make);
    takeMany(quota, 10, 1000 + 50 * windowMs);
    expect(takeMany(quota, 20, 1000 + 2 * windowMs)).toBeLessThanOrEqual(limit);
    expect(takeMany(quota, 20, 1000 + 4 * windowMs)).toBe(limit);
  });
});

describe('SlidingLog', () => {
  it('admits exactly the limit in any window, however hits are spread', () => {
    const next = random(3);
    const quota = begun(() => new SlidingLog(2, windowMs, limit));
    const admitted: number[] = [];
    for (let nowMs = 1000; nowMs < 60_000; nowMs += Math.floor(next() * 60)) {
      const within = admitted.filter((one) => one > nowMs - windowMs).length;
      const isAdmitted = quota.take(0, nowMs, limit, 1);
      expect(isAdmitted).toBe(within < limit);
      if (isAdmitted) admitted.push(nowMs);
    }
    expect(admitted.length).toBeGreaterThan(500);
  });

  it('takes back the hit that was given back, not the youngest', () => {
    const quota = begun(() => new SlidingLog(2, windowMs, 2));
    quota.take(0, 1000, 2, 1);
    quota.take(0, 1900, 2, 1);
    quota.refund(0, 1000, 1950, 2, 1);
    quota.take(0, 2100, 2, 0);
    expect(quota.remaining).toBe(1);
  });

  it('does not take hits of 50 days ago for new ones', () => {
    const quota = begun(() => new SlidingLog(2, windowMs, limit));
    takeMany(quota, 10, 1000);
    const timesComeRoundMs = 2 ** 32;
    for (let nowMs = 2 ** 29; nowMs < timesComeRoundMs; nowMs += 2 ** 29) {
      quota.take(1, nowMs, limit, 0);
    }
    expect(takeMany(quota, 10, 1500 + timesComeRoundMs)).toBe(10);
  });
});

describe('SlidingWindow', () => {
  it('counts the window before for the share that is still covered', () => {
    const quota = begun(() => new SlidingWindow(2, windowMs));
    takeMany(quota, 10, 1000);
    // A quarter of the next window is over: 7.5 of the ten hits count.
    expect(takeMany(quota, 10, 2250)).toBe(2);
  });
});

describe('TokenBucket', () => {
  it('gives tokens back one by one', () => {
    const quota = begun(() => new TokenBucket(2, windowMs));
    takeMany(quota, 10, 1000);
    expect(takeMany(quota, 5, 1099)).toBe(0);
    expect(takeMany(quota, 5, 1100)).toBe(1);
    expect(takeMany(quota, 5, 1350)).toBe(2);
  });

  it('holds more than the limit when told to', () => {
    const quota = begun(() => new TokenBucket(2, windowMs, 15));
    expect(takeMany(quota, 30, 1000)).toBe(15);
    expect(takeMany(quota, 30, 2000)).toBe(10);
  });
});
