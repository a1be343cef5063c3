import * as fc from 'fast-check';
import { ThinkTimes } from '../../lib/prediction/think-times';

describe('ThinkTimes', () => {
  it('knows nothing of a pattern it has not seen', () => {
    expect(new ThinkTimes(4).medianMs('/a')).toBeUndefined();
  });

  it('is not moved by one stalled request', () => {
    const times = new ThinkTimes(4);
    for (const ms of [100, 110, 90, 60_000, 105]) times.observe('/a', ms);
    expect(times.medianMs('/a')).toBe(105);
  });

  it('follows a lasting change within 15 requests', () => {
    const times = new ThinkTimes(4);
    for (let i = 0; i < 100; i++) times.observe('/a', 20);
    expect(times.medianMs('/a')).toBe(20);
    for (let i = 0; i < 8; i++) times.observe('/a', 300);
    expect(times.medianMs('/a')).toBe(300);
  });

  it('ignores what is no duration', () => {
    const times = new ThinkTimes(4);
    for (const ms of [NaN, -1, Infinity]) times.observe('/a', ms);
    expect(times.medianMs('/a')).toBeUndefined();
  });

  it('keeps the patterns that are used when there are too many', () => {
    const times = new ThinkTimes(2);
    for (let i = 0; i < 50; i++) {
      times.observe('/used', 10);
      times.observe(`/once/${i}`, 20);
    }
    expect(times.medianMs('/used')).toBe(10);
    expect(times.medianMs('/once/0')).toBeUndefined();
  });

  it('answers with one of the last 15 samples', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (samples) => {
        const times = new ThinkTimes(1);
        for (const ms of samples) times.observe('/a', ms);
        expect(samples.slice(-15)).toContain(times.medianMs('/a'));
      }),
    );
  });
});
