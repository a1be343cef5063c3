import type { Prediction } from '../../prediction/prediction';
import type { PushResource } from '../../prediction/push-rule';
import type { KnownNeeds } from '../evidence/known-needs';
import type { KnownRoutes } from '../evidence/known-routes';
import type { ResourceFacts } from '../evidence/resource-facts';
import type { TaughtView } from '../evidence/visit-observer';

export interface NextResourcesInit {
  readonly needs: KnownNeeds;
  readonly routes: KnownRoutes;
  readonly facts: ResourceFacts;
}

/** As for pages; what is larger must be surer. */
const leastChance = 0.3;
const leastChanceOfLarge = 0.5;
const largeBytes = 16 * 1024;

/**
 * Chooses what browsers may fetch ahead of the pages that come next: they fetch the page itself by
 * speculation rules, but not its style sheets and images. What several pages need adds up, so the
 * style sheet of a route is there although nobody knows which of its pages it will be.
 */
export class NextResourceChooser {
  readonly #init: NextResourcesInit;

  constructor(init: NextResourcesInit) {
    this.#init = init;
  }

  /**
   * What browsers keep without asking again, likeliest first.
   *
   * @param pages Where visitors of the page go, with chances.
   * @param isThere Whether the client has it.
   */
  choose(
    { path, pattern }: TaughtView,
    pages: readonly Prediction[],
    isThere: (target: string) => boolean,
  ): PushResource[] {
    const { needs, facts } = this.#init;
    if (pages.reduce((sum, { confidence }) => sum + confidence, 0) < leastChance) return [];
    // The page itself asks for these, and would wait for a request of the lowest priority.
    const own = new Set(needs.of(path, pattern, undefined, Infinity).map(({ url }) => url));
    const isWanted = ({ url, as, imageSrcset }: PushResource): boolean =>
      as !== 'fetch' && imageSrcset === undefined && facts.isFresh(url) && !own.has(url);
    return this.#weighed(pages)
      .filter(({ resource, chance }) => chance >= this.#leastChanceOf(resource))
      .filter(({ resource }) => isWanted(resource) && !isThere(resource.url))
      .sort((a, b) => b.chance - a.chance)
      .map(({ resource }) => resource);
  }

  #leastChanceOf({ url }: PushResource): number {
    const bytes = this.#init.facts.bytesOf(url) ?? Infinity;
    return bytes <= largeBytes ? leastChance : leastChanceOfLarge;
  }

  #weighed(pages: readonly Prediction[]): { resource: PushResource; chance: number }[] {
    const { needs, routes } = this.#init;
    const byUrl = new Map<string, { resource: PushResource; chance: number }>();
    for (const { target, confidence } of pages) {
      for (const resource of needs.of(target, routes.patternOf(target), undefined)) {
        const before = byUrl.get(resource.url);
        if (before === undefined) byUrl.set(resource.url, { resource, chance: confidence });
        else before.chance += confidence;
      }
    }
    return [...byUrl.values()];
  }
}
