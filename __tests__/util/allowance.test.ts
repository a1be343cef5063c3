import { Allowance } from '../../lib/util/allowance';

describe('Allowance', () => {
  it('gives the burst at once, then its rate', () => {
    const allowance = new Allowance(3, 2, 1000);
    const taken = [1000, 1000, 1000, 1000, 1400, 1500, 1500].map((nowMs) =>
      allowance.take(1, nowMs),
    );
    expect(taken).toEqual([true, true, true, false, false, true, false]);
  });

  it('saves no more than the burst', () => {
    const allowance = new Allowance(2, 1000, 0);
    expect(allowance.take(3, 60_000)).toBe(false);
    expect(allowance.take(2, 60_000)).toBe(true);
  });
});
