import type { Prediction } from '../../prediction/prediction';
import type { PushResource } from '../../prediction/push-rule';
import type { ResourceKind } from '../../prediction/resource-kind';
import { isUnsafePath } from '../judgement/unsafe-paths';
import type { PushPredictor } from '../server-push-options';
import type { ResourceFacts } from './resource-facts';
import type { ScannedPages } from './scanned-pages';

export interface KnownNeedsInit {
  readonly predictor: PushPredictor;
  readonly facts: ResourceFacts;
  readonly scanned: ScannedPages;
  readonly maxLinks: number;
  readonly minConfidence: number;
  readonly maxResourceBytes: number;
  readonly unsafePaths: readonly (string | RegExp)[];
  readonly allowQuery: boolean;
}

/** In the order in which a page that is to be painted needs them. */
const ranks: Readonly<Record<ResourceKind, number>> = {
  style: 0,
  font: 1,
  script: 2,
  image: 3,
  fetch: 4,
};

/**
 * What a page needs, by all that was found out: what its HTML asks for and what its visitors asked
 * for. Only what was answered before, to anybody, and is not too large to be given on a guess.
 */
export class KnownNeeds {
  readonly #init: KnownNeedsInit;

  constructor(init: KnownNeedsInit) {
    this.#init = init;
  }

  /**
   * @param client Counts what it has already; leave it out for one that was never seen.
   * @param limit Of what was learned; as many as one page may be given.
   */
  of(
    page: string,
    pattern: string | undefined,
    client: string | undefined,
    limit = this.#init.maxLinks,
  ): PushResource[] {
    const { predictor, facts, scanned } = this.#init;
    const byUrl = new Map<string, PushResource>();
    for (const resource of scanned.resourcesOf(page, pattern)) byUrl.set(resource.url, resource);
    for (const guess of predictor.predictResources(page, pattern, limit, client)) {
      const resource = this.#isLikely(guess) ? facts.toResource(guess) : undefined;
      if (resource !== undefined && !byUrl.has(resource.url)) byUrl.set(resource.url, resource);
    }
    return [...byUrl.values()].filter((one) => this.#isFit(one)).sort(byUrgency);
  }

  /** Bytes of all that a page needs, as far as known, what is too large to be given included. */
  bytesOf(page: string, pattern: string | undefined, isThere: (url: string) => boolean): number {
    const { predictor, facts, scanned } = this.#init;
    const learned = predictor.predictResources(page, pattern, Infinity);
    const urls = new Set([
      ...scanned.resourcesOf(page, pattern).map(({ url }) => url),
      ...learned.filter((one) => this.#isLikely(one)).map(({ target }) => target),
    ]);
    let bytes = 0;
    for (const url of urls) if (!isThere(url)) bytes += facts.bytesOf(url) ?? 0;
    return bytes;
  }

  /**
   * What the page cannot be painted without, as far as known. The rest would take the line from it
   * and, if it is a script, run before the first paint: it is there in time when the page names it.
   */
  urgentOf(page: string, pattern: string | undefined, client: string | undefined): PushResource[] {
    const needs = this.of(page, pattern, client);
    const named = this.#init.scanned.resourcesOf(page, pattern);
    if (named.length === 0) return needs;
    const urgent = new Set(named.filter(({ isLate }) => isLate !== true).map(({ url }) => url));
    return needs.filter(({ url, as }) => as === 'style' || urgent.has(url));
  }

  /**
   * True for what the page does not name itself, as far as known: the browser finds it late, so a
   * link on the page helps. What the page names is there with the link.
   */
  isLate(page: string, pattern: string | undefined, { url, as }: PushResource): boolean {
    if (as === 'font') return true;
    const named = this.#init.scanned.resourcesOf(page, pattern);
    return named.length > 0 && !named.some((one) => one.url === url);
  }

  #isLikely({ confidence }: Prediction): boolean {
    return confidence >= this.#init.minConfidence;
  }

  #isFit({ url }: PushResource): boolean {
    const { facts, maxResourceBytes, unsafePaths, allowQuery } = this.#init;
    if (!facts.has(url) || (facts.bytesOf(url) ?? 0) > maxResourceBytes) return false;
    return (allowQuery || !url.includes('?')) && !isUnsafePath(url, unsafePaths);
  }
}

function byUrgency(a: PushResource, b: PushResource): number {
  return rankOf(a) - rankOf(b);
}

/** What is urgent comes behind the style sheets, without which nothing is painted. */
function rankOf({ as = 'fetch', fetchPriority }: PushResource): number {
  if (fetchPriority === 'high') return Math.min(ranks[as], 0.5);
  return ranks[as] + (fetchPriority === 'low' ? 1.5 : 0);
}

/** What pages themselves say of a resource is truer than what was written by hand. */
export function inDetail(
  byHand: readonly PushResource[],
  needs: readonly PushResource[],
): PushResource[] {
  return byHand.map((one) => {
    const seen = needs.find(({ url }) => url === one.url);
    return seen === undefined
      ? one
      : { ...seen, ...(one.fetchPriority && { fetchPriority: one.fetchPriority }) };
  });
}
