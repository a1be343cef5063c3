import { FlightTable } from '../../lib/cache/flight-table';
import { FakeRuntime } from './fake-runtime';

describe('FlightTable', () => {
  let runtime: FakeRuntime;
  let flights: FlightTable;

  beforeEach(() => {
    runtime = new FakeRuntime();
    flights = new FlightTable(runtime);
  });

  it('knows a flight until it has ended', () => {
    const flight = flights.start('a');
    expect([flights.get('a'), flights.get('b')]).toEqual([flight, undefined]);
    flight.settle('stored');
    expect(flights.get('a')).toBeUndefined();
  });

  it('keeps the first of two flights with one key', () => {
    const first = flights.start('a');
    flights.start('a').settle('stored');
    expect(flights.get('a')).toBe(first);
  });

  it('waits no longer than until the given time', () => {
    const told: string[] = [];
    const flight = flights.start('a');
    flights.wait(flight, runtime.nowMs + 1000, (outcome) => told.push(outcome));
    runtime.advance(0.9);
    expect(told).toEqual([]);
    runtime.advance(0.2);
    flight.settle('stored');
    expect(told).toEqual(['late']);
  });

  it('leaves no timer behind', () => {
    const flight = flights.start('a');
    flights.wait(flight, runtime.nowMs + 1000, () => {});
    flight.settle('stored');
    expect(runtime.pending).toBe(0);
  });

  it('remembers for a minute what could not be stored', () => {
    flights.note('a', false);
    expect([flights.isPassed('a'), flights.isPassed('b')]).toEqual([true, false]);
    runtime.advance(61);
    expect(flights.isPassed('a')).toBe(false);
    flights.note('a', false);
    flights.note('a', true);
    expect(flights.isPassed('a')).toBe(false);
  });

  it('forgets the oldest of too many', () => {
    for (let i = 0; i < 2000; i++) flights.note(`${i}${'x'.repeat(1000)}`, false);
    expect(flights.isPassed(`0${'x'.repeat(1000)}`)).toBe(false);
    expect(flights.isPassed(`1999${'x'.repeat(1000)}`)).toBe(true);
  });
});
