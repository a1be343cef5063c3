/** The event loop and its clock as this folder uses them; tests pass their own. */
export interface EventLoop {
  /** Milliseconds from some fixed moment; never goes back. */
  nowMs(): number;

  /** Milliseconds that the loop has waited for events so far. */
  idleMs(): number;

  /** Calls back once, after the poll phase of the current turn has been passed. */
  nextTurn(callback: () => void): void;

  /** Calls back every `ms` milliseconds, without keeping the process alive, until stopped. */
  every(ms: number, callback: () => void): () => void;

  /** Calls back once after `ms` milliseconds, without keeping the process alive, unless stopped. */
  after(ms: number, callback: () => void): () => void;
}

export const nodeEventLoop: EventLoop = {
  nowMs: () => performance.now(),
  idleMs: () => performance.eventLoopUtilization().idle,
  nextTurn: (callback) => {
    setImmediate(callback);
  },
  every: (ms, callback) => {
    const timer = setInterval(callback, ms).unref();
    return () => clearInterval(timer);
  },
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
};
