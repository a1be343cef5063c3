import { LRUCache } from 'lru-cache';
import type { CacheRuntime } from './cache-runtime';
import { Flight, type Outcome } from './flight';

/** How long nobody waits for a response that could not be stored, the last time it was asked for. */
const passMs = 60_000;

/** Units of the keys of such responses that are remembered; the oldest are forgotten. */
const maxPassedUnits = 1024 * 1024;

/**
 * Single flight: of the requests for the same response one goes to the app, the others wait for it.
 * Responses that could not be stored are remembered for a while, so that nobody waits in vain.
 */
export class FlightTable {
  readonly #flights = new Map<string, Flight>();
  readonly #passed = new LRUCache<string, number>({
    maxSize: maxPassedUnits,
    sizeCalculation: (_until, key) => key.length + 1,
  });
  readonly #runtime: CacheRuntime;

  constructor(runtime: CacheRuntime) {
    this.#runtime = runtime;
  }

  get(key: string): Flight | undefined {
    return this.#flights.get(key);
  }

  /** Whether requests with this key go to the app side by side. */
  isPassed(key: string): boolean {
    return (this.#passed.get(key) ?? 0) > this.#runtime.clock();
  }

  /** Starts a flight that requests with the same key wait for. */
  start(key: string): Flight {
    const flight = new Flight(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    if (!this.#flights.has(key)) this.#flights.set(key, flight);
    return flight;
  }

  /** Waits for a flight, at most until `untilMs`; then the outcome is `'late'`. */
  wait(flight: Flight, untilMs: number, onSettled: (outcome: Outcome) => void): void {
    const cancel = this.#runtime.setTimer(() => {
      leave();
      onSettled('late');
    }, untilMs - this.#runtime.clock());
    const leave = flight.wait((outcome) => {
      cancel();
      onSettled(outcome);
    });
  }

  /** Notes what a response was, for the requests to come. */
  note(key: string, isStorable: boolean): void {
    if (isStorable) this.#passed.delete(key);
    else this.#passed.set(key, this.#runtime.clock() + passMs);
  }
}
