import type { PushResource } from '../../prediction/push-rule';
import type { Prediction } from '../../prediction/prediction';
import { BoundedMap } from '../../util/bounded-map';

const maxResources = 2000;

interface Facts {
  isCors: boolean;
  isFresh: boolean;
}

/**
 * How resources were asked for and answered, so that a hint does what it should: a browser that
 * preloads a module script without CORS fetches it twice, and one that was sent a 103 for what it
 * may not reuse asks again. Forgets the resources that are used least.
 */
export class ResourceFacts {
  readonly #facts = new BoundedMap<Facts>(maxResources);

  /**
   * @param fetchMode The request's `Sec-Fetch-Mode`.
   * @param isFresh Whether a browser may use its copy without asking again.
   */
  learn(target: string, fetchMode: string | undefined, isFresh: boolean): void {
    const facts = this.#facts.use(target, () => ({ isCors: false, isFresh }));
    facts.isCors = fetchMode === 'cors';
    facts.isFresh = isFresh;
  }

  /** True for what a browser must ask for again although it has a copy. */
  isStale(target: string): boolean {
    return this.#facts.peek(target)?.isFresh === false;
  }

  has(target: string): boolean {
    return this.#facts.peek(target) !== undefined;
  }

  delete(target: string): void {
    this.#facts.delete(target);
  }

  /**
   * A learned guess as a resource to be given. `undefined` for pages, and for what scripts fetch
   * unless browsers may reuse it: their request may differ from a preload in headers or
   * credentials, and would then be made twice.
   */
  toResource({ target, kind }: Prediction): PushResource | undefined {
    const facts = this.#facts.peek(target);
    if (kind === 'document' || (kind === 'fetch' && facts?.isFresh !== true)) return undefined;
    const resource = { url: target, as: kind };
    return facts?.isCors === true ? { ...resource, crossorigin: 'anonymous' } : resource;
  }
}
