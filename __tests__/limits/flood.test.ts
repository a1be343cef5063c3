import { RateLimits } from '../../lib/limits/rate-limits';
import { FakeClock } from './fake-clock';

/**
 * An attacker who makes keys for nothing (names to log in with, say) floods the table, to have the
 * hits of one key forgotten or to keep everybody else out. Two thousand keys have room.
 */
const maxKeys = 2000;
const windowMs = 60_000;
const algorithms = ['sliding-log', 'sliding-window', 'token-bucket'] as const;

interface Attack {
  readonly limits: RateLimits;
  readonly clock: FakeClock;
  /** Sends `count` keys never used before, each as often as said. */
  flood(count: number, times?: number): void;
  /** Sends one key many times. @returns How often it was admitted. */
  press(key: string, times: number): number;
}

function attack(algorithm: (typeof algorithms)[number], limit: number): Attack {
  const clock = new FakeClock();
  const limits = new RateLimits({ algorithm, limit, windowMs, maxKeys, clock: clock.read });
  let made = 0;
  const press = (key: string, times: number): number => {
    let admitted = 0;
    for (let i = 0; i < times; i++) if (limits.take(key)) admitted += 1;
    return admitted;
  };
  const flood = (count: number, times = 1): void => {
    for (let i = 0; i < count; i++) press(`junk-${made++}`, times);
  };
  return { limits, clock, flood, press };
}

describe.each(algorithms)('a flood of keys against %s', (algorithm) => {
  it('does not free an offender: ten tables full of keys gain it nothing', () => {
    const { press, flood, limits } = attack(algorithm, 5);
    expect(press('offender', 10)).toBe(5);
    for (let round = 0; round < 100; round++) {
      flood(maxKeys / 10);
      expect(press('offender', 10)).toBe(0);
    }
    expect(limits.evictions).toBeGreaterThan(5 * maxKeys);
  });

  it('does not give a half-used key its quota back', () => {
    const { press, flood } = attack(algorithm, 5);
    press('target', 3);
    flood(3 * maxKeys);
    expect(press('target', 10)).toBe(2);
  });

  it('keeps nobody out, not even when every key of it is used up', () => {
    const { press, flood } = attack(algorithm, 5);
    flood(5 * maxKeys, 6);
    const admitted = Array.from({ length: 200 }, (_, index) => press(`visitor-${index}`, 6));
    expect(new Set(admitted)).toEqual(new Set([5]));
  });

  it('leaves regular clients alone that stay below their limit', () => {
    const { press, flood, clock } = attack(algorithm, 100);
    let refused = 0;
    for (let second = 0; second < 60; second++) {
      for (let client = 0; client < 50; client++) refused += 1 - press(`client-${client}`, 1);
      flood(maxKeys / 10);
      clock.advance(1000);
    }
    expect(refused).toBe(0);
  });

  it('costs about `maxKeys` requests for each hit of an offender that is forgotten', () => {
    const { press, flood, clock } = attack(algorithm, 5);
    let gained = -5;
    const keys = 10 * maxKeys;
    for (let round = 0; round < 100; round++) {
      gained += press('offender', 10);
      flood(keys / 100, 6);
      clock.advance(1);
    }
    // 50 are to be expected.
    expect(gained).toBeLessThan((2 * keys * 5) / maxKeys);
  });

  it('costs hundreds of keys for each, where the limit is 1', () => {
    const { press, flood, clock } = attack(algorithm, 1);
    let gained = -1;
    const keys = 10 * maxKeys;
    for (let round = 0; round < 200; round++) {
      gained += press('offender', 2);
      flood(keys / 200);
      clock.advance(1);
    }
    expect(gained).toBeLessThan(keys / (maxKeys / 16));
  });

  it('costs hundreds of keys for each hit of a newcomer to a table that is used up', () => {
    const { press, flood } = attack(algorithm, 5);
    flood(3 * maxKeys, 5);
    let admitted = 0;
    const keys = 2 * maxKeys;
    for (let i = 0; i < 200; i++) {
      admitted += press('newcomer', 1);
      flood(keys / 200);
    }
    expect(admitted - 5).toBeLessThan(keys / (maxKeys / 32));
  });
});

describe('a flood of keys against a limiter that blocks', () => {
  it('does not free who is blocked, though the hits that led to it have left', () => {
    const clock = new FakeClock();
    const penaltyMs = 10 * windowMs;
    const limits = new RateLimits({
      limit: 2,
      windowMs,
      penaltyMs,
      maxKeys: 200,
      clock: clock.read,
    });
    for (let i = 0; i < 3; i++) limits.take('offender');
    clock.advance(2 * windowMs);
    for (let i = 0; i < 4000; i++) {
      limits.take(`junk-${i}`);
      limits.take(`junk-${i}`);
    }
    expect(limits.take('offender')).toBe(false);
    clock.advance(penaltyMs);
    expect(limits.take('offender')).toBe(true);
  });
});
