import type { BodyStage } from './body-stage';

/**
 * A stage of one response and those behind it.
 *
 * No array: V8 places array and object literals of code that has run often in old space at once
 * (allocation-site pretenuring). From there each would keep its response, and all that is held with
 * it, from every collection of young objects.
 */
export class StageLink {
  readonly #stage: BodyStage;
  readonly #next: StageLink | undefined;

  constructor(stage: BodyStage, next: StageLink | undefined) {
    this.#stage = stage;
    this.#next = next;
  }

  get heldBytes(): number {
    return this.#stage.heldBytes + (this.#next?.heldBytes ?? 0);
  }

  flush(): void {
    this.#stage.flush();
    this.#next?.flush();
  }

  abandon(): void {
    this.#stage.abandon();
    this.#next?.abandon();
  }
}
