/**
 * How a request that others wait for ended: its response was stored; it may not be stored, or
 * failed, so everybody must ask for himself; its client left, so another must take its place; it
 * took too long.
 */
export type Outcome = 'stored' | 'uncacheable' | 'failed' | 'aborted' | 'late';

/** One request to the app, and those that wait for what it brings. */
export class Flight {
  readonly #waiting = new Set<(outcome: Outcome) => void>();
  readonly #onSettled: () => void;
  #outcome: Outcome | undefined;

  /** @param onSettled Called first, so that who waited finds the flight gone. */
  constructor(onSettled: () => void) {
    this.#onSettled = onSettled;
  }

  get isSettled(): boolean {
    return this.#outcome !== undefined;
  }

  /**
   * Calls back once, when the flight has ended.
   *
   * @returns Stops waiting.
   */
  wait(onSettled: (outcome: Outcome) => void): () => void {
    if (this.#outcome === undefined) this.#waiting.add(onSettled);
    else onSettled(this.#outcome);
    return () => this.#waiting.delete(onSettled);
  }

  /** The first call counts. */
  settle(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#onSettled();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const onSettled of waiting) onSettled(outcome);
  }
}
