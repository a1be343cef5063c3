import { Accuracy } from '../../../lib/delivery/statistics/accuracy';

const hourMs = 3_600_000;

describe('Accuracy', () => {
  it('says nothing before the first view', () => {
    expect(new Accuracy(() => 0).total).toEqual({
      views: 0,
      precision: undefined,
      recall: undefined,
    });
  });

  it('keeps the last 24 hours apart, the latest first', () => {
    let now = 0;
    const accuracy = new Accuracy(() => now);
    for (let hour = 0; hour < 30; hour++) {
      now = hour * hourMs;
      accuracy.view(2);
      accuracy.asked(hour % 2 === 0);
    }
    const { hours, total } = accuracy;
    expect(hours).toHaveLength(24);
    expect(hours[0]).toEqual({ hoursAgo: 0, views: 1, precision: 0, recall: 0 });
    expect(hours[1]).toEqual({ hoursAgo: 1, views: 1, precision: 0.5, recall: 1 });
    expect(total).toEqual({ views: 30, precision: 0.25, recall: 0.5 });
  });
});
