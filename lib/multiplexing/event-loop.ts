/** The event loop as this folder uses it; tests pass their own. */
export interface EventLoop {
  /** Calls back once, after the poll phase of the current turn has been passed. */
  nextTurn(callback: () => void): void;

  /** Calls back every `ms` milliseconds, without keeping the process alive, until stopped. */
  every(ms: number, callback: () => void): () => void;

  /** Calls back once after `ms` milliseconds, without keeping the process alive. */
  after(ms: number, callback: () => void): void;
}

export const nodeEventLoop: EventLoop = {
  nextTurn: (callback) => {
    setImmediate(callback);
  },
  every: (ms, callback) => {
    const timer = setInterval(callback, ms).unref();
    return () => clearInterval(timer);
  },
  after: (ms, callback) => {
    setTimeout(callback, ms).unref();
  },
};
