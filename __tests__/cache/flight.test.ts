import { Flight } from '../../lib/cache/flight';

describe('Flight', () => {
  it('tells everybody once, in the order in which they came', () => {
    const told: string[] = [];
    const flight = new Flight(() => told.push('settled'));
    flight.wait((outcome) => told.push(`a ${outcome}`));
    flight.wait((outcome) => told.push(`b ${outcome}`));
    flight.settle('stored');
    flight.settle('failed');
    expect(told).toEqual(['settled', 'a stored', 'b stored']);
    expect(flight.isSettled).toBe(true);
  });

  it('tells who comes late at once', () => {
    const told: string[] = [];
    const flight = new Flight(() => {});
    flight.settle('aborted');
    flight.wait((outcome) => told.push(outcome));
    expect(told).toEqual(['aborted']);
  });

  it('forgets who stops waiting', () => {
    const told: string[] = [];
    const flight = new Flight(() => {});
    const leave = flight.wait((outcome) => told.push(outcome));
    leave();
    flight.settle('stored');
    expect(told).toEqual([]);
  });
});
