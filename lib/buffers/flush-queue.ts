/** What wants to be called once, later. */
export interface FlushTask {
  flushNow(): void;
}

/** Decides when held bytes leave at the latest. */
export class FlushQueue {
  readonly #later: (run: () => void) => void;
  #tasks: FlushTask[] = [];

  /** @param later Calls a function once, later; one call serves all tasks that came until then. */
  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  add(task: FlushTask): void {
    if (this.#tasks.push(task) === 1) this.#later(this.#run);
  }

  readonly #run = (): void => {
    const tasks = this.#tasks;
    this.#tasks = [];
    let done = 0;
    try {
      for (const task of tasks) {
        done++;
        task.flushNow();
      }
    } finally {
      // A listener of the app threw: that must not hold up the others.
      for (const task of tasks.slice(done)) this.add(task);
    }
  };
}

/** At the end of the current turn of the event loop. */
export const turnEnd = new FlushQueue((run) => {
  process.nextTick(run);
});

/** At most `delayMs` after a task came. */
export function delayedFlush(delayMs: number): FlushQueue {
  return new FlushQueue((run) => {
    setTimeout(run, delayMs);
  });
}
