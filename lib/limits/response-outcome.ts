import type { ServerResponse } from 'node:http';

/** How a response ended: answered, or cut off before its end. */
export type Outcome = 'answered' | 'cut off';

/** Waits for the end of a response from now on, though what to do then is said later. */
export class ResponseOutcome {
  #outcome: Outcome | undefined;
  #then: ((outcome: Outcome) => void) | undefined;

  constructor(res: ServerResponse) {
    res.once('finish', () => this.#end('answered'));
    // `close` comes after `finish`, or alone.
    res.once('close', () => this.#end(res.writableEnded ? 'answered' : 'cut off'));
  }

  /** Calls `then` once, at the end or now if that was. */
  whenKnown(then: (outcome: Outcome) => void): void {
    if (this.#outcome === undefined) this.#then = then;
    else then(this.#outcome);
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#then?.(outcome);
  }
}
