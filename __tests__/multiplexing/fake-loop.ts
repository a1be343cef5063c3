import type { EventLoop } from '../../lib/multiplexing/event-loop';

/** An event loop that turns when told to. */
export class FakeLoop implements EventLoop {
  #turn: (() => void)[] = [];
  readonly #intervals = new Map<() => void, number>();
  readonly #delayed: { atMs: number; callback: () => void }[] = [];
  #nowMs = 0;

  get intervals(): number {
    return this.#intervals.size;
  }

  nextTurn(callback: () => void): void {
    this.#turn.push(callback);
  }

  every(ms: number, callback: () => void): () => void {
    this.#intervals.set(callback, ms);
    return () => {
      this.#intervals.delete(callback);
    };
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Never busy. */
  idleMs(): number {
    return this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    const one = { atMs: this.#nowMs + ms, callback };
    this.#delayed.push(one);
    return () => {
      const index = this.#delayed.indexOf(one);
      if (index >= 0) this.#delayed.splice(index, 1);
    };
  }

  turn(times = 1): void {
    for (let i = 0; i < times; i++) {
      const callbacks = this.#turn;
      this.#turn = [];
      for (const callback of callbacks) callback();
    }
  }

  /** Lets time pass: intervals fire as often as they would, delays once. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    while (this.#nowMs < untilMs) {
      this.#nowMs += 1;
      for (const [callback, everyMs] of this.#intervals) {
        if (this.#nowMs % everyMs === 0) callback();
      }
      const due = this.#delayed.filter((one) => one.atMs <= this.#nowMs);
      for (const one of due) this.#delayed.splice(this.#delayed.indexOf(one), 1);
      for (const one of due) one.callback();
    }
  }
}
