import type { CacheRuntime } from '../../lib/cache/cache-runtime';

/** A clock that stands still until a test moves it, and the timers that hang on it. */
export class FakeRuntime implements CacheRuntime {
  nowMs = Date.UTC(2026, 10, 25, 8);
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  readonly clock = (): number => this.nowMs;

  readonly setTimer = (run: () => void, delayMs: number): (() => void) => {
    const timer = { atMs: this.nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Timers that have neither run nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the clock and runs what is due. */
  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
    const due = [...this.#timers].filter(({ atMs }) => atMs <= this.nowMs);
    for (const timer of due.toSorted((a, b) => a.atMs - b.atMs)) {
      if (this.#timers.delete(timer)) timer.run();
    }
  }
}
