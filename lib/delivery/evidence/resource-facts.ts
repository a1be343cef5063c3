import { clientHash } from '../../prediction/client-hash';
import { DistinctClients } from '../../prediction/distinct-clients';
import type { Prediction } from '../../prediction/prediction';
import type { PushResource } from '../../prediction/push-rule';
import { BoundedMap } from '../../util/bounded-map';

const maxResources = 2000;

/** Clients in a row that must ask in another mode before it is taken for the mode of the pages. */
const changersOfMode = 3;

/** One request for a resource, as it was answered. */
export interface ResourceSighting {
  /** The request's `Sec-Fetch-Mode`. */
  readonly mode: string | undefined;
  /** Whether a browser may use its copy without asking again. */
  readonly isFresh: boolean;
  /** The client or, if it is known, its network. */
  readonly who: string;
}

interface Facts {
  isCors: boolean;
  isFresh: boolean;
  bytes: number | undefined;
  /** Who asked in the other mode since somebody last asked in this one. */
  otherMode: DistinctClients;
}

/**
 * How resources were asked for and answered, so that a hint does what it should: a browser that
 * preloads a module script without CORS fetches it twice, and one that was sent a 103 for what it
 * may not reuse asks again. Forgets the resources that are used least.
 */
export class ResourceFacts {
  readonly #facts = new BoundedMap<Facts>(maxResources);

  learn(target: string, { mode, isFresh, who }: ResourceSighting): void {
    const isCors = mode === 'cors';
    const facts = this.#facts.use(target, () => ({
      isCors,
      isFresh,
      bytes: undefined,
      otherMode: new DistinctClients(),
    }));
    facts.isFresh = isFresh;
    if (facts.isCors === isCors) {
      if (facts.otherMode.count > 0) facts.otherMode = new DistinctClients();
      return;
    }
    facts.otherMode.add(clientHash(who), changersOfMode);
    if (facts.otherMode.count < changersOfMode) return;
    facts.isCors = isCors;
    facts.otherMode = new DistinctClients();
  }

  /** The body of an answer turned out to have so many bytes. */
  learnSize(target: string, bytes: number): void {
    const facts = this.#facts.peek(target);
    if (facts !== undefined) facts.bytes = bytes;
  }

  /** Bytes of its body, as far as known. */
  bytesOf(target: string): number | undefined {
    return this.#facts.peek(target)?.bytes;
  }

  /** True for what a browser must ask for again although it has a copy. */
  isStale(target: string): boolean {
    return this.#facts.peek(target)?.isFresh === false;
  }

  /** True for what a browser that has a copy need not ask for again. */
  isFresh(target: string): boolean {
    return this.#facts.peek(target)?.isFresh === true;
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
