/** Where the cache takes time from. */
export interface CacheRuntime {
  /** The time, in milliseconds since the epoch. */
  readonly clock: () => number;
  /** Calls `run` once, after `delayMs`, unless the function it returns is called before. */
  readonly setTimer: (run: () => void, delayMs: number) => () => void;
}

export const systemRuntime: CacheRuntime = {
  clock: Date.now,
  setTimer: (run, delayMs) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
