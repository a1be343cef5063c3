import { performance } from 'node:perf_hooks';
import type { EventLoopUtilization } from 'node:perf_hooks';

/** How busy the process was since the last reading. */
export interface LoadReading {
  /** Share of the time in which the event loop was not idle, from 0 to 1. */
  readonly utilisation: number;
  /** How late a timer came. */
  readonly delayMs: number;
  /** Bytes of bodies that wait for a thread to compress them. */
  readonly bytesInFlight: number;
}

/** What timers of Node may be late by themselves. */
const timerMs = 1;

/**
 * Reads the load of this process. The loop is blind to the threads that compress, so the bytes that
 * wait for them are counted beside it.
 */
export class LoadMeter {
  #last: EventLoopUtilization = performance.eventLoopUtilization();
  #delayMs = 0;
  #bytesInFlight = 0;

  get bytesInFlight(): number {
    return this.#bytesInFlight;
  }

  /** Bytes went to a thread, or came back when negative. */
  count(bytes: number): void {
    this.#bytesInFlight += bytes;
  }

  /** Answers for the time since the last call, and sends out a timer for the next. */
  read(): LoadReading {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    const reading = {
      utilisation: utilization,
      delayMs: this.#delayMs,
      bytesInFlight: this.#bytesInFlight,
    };
    this.#delayMs = 0;
    this.#probe();
    return reading;
  }

  #probe(): void {
    const sentMs = performance.now();
    setTimeout(() => {
      const lateMs = performance.now() - sentMs - timerMs;
      this.#delayMs = Math.max(this.#delayMs, lateMs);
    }, timerMs).unref();
  }
}
