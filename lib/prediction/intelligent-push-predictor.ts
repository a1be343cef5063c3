import { BoundedMap } from '../util/bounded-map';
import { custom, integer, number, type OptionRules, parseOptions } from '../util/options';
import { clientHash } from './client-hash';
import { FairShare } from './fair-share';
import { OpenVisit } from './open-visit';
import { OpenVisits } from './open-visits';
import { PageKnowledge } from './page-knowledge';
import { type Part, type Prediction, rankTargets } from './ranking';
import type { ResourceKind } from './resource-kind';
import { ThinkTimes } from './think-times';

export type { Prediction } from './ranking';

/** A page view. Report it when the page's headers leave, before its subresources are asked for. */
export interface PageVisit {
  /** Who came: any key that tells clients apart. Only a 32-bit hash of it is kept. */
  readonly client: string;
  /** URL of the page, as it is to be predicted: the caller removes the query. */
  readonly page: string;
  /** Route pattern of the page, such as `/product/:id`, if known. */
  readonly pattern?: string;
  /** Page this visit came from. Counts only if the same client visited that page. */
  readonly from?: string;
  /** Route pattern of {@link from}, if known. */
  readonly fromPattern?: string;
  /**
   * Subresources that were hinted or pushed with this page. That they are asked for, or are not,
   * proves nothing, so this visit leaves their chances as they are.
   */
  readonly offered?: readonly string[];
}

/** A subresource that a page asked for. */
export interface ResourceUse {
  readonly client: string;
  /** Page that needed it: the path of `Referer`. */
  readonly page: string;
  readonly pattern?: string;
  readonly resource: string;
  readonly kind: ResourceKind;
  /** Size of its body, if known. */
  readonly bytes?: number;
}

export interface PredictorOptions {
  /**
   * Distinct clients that must have asked for a target before it is offered. With 1, no share
   * limits what one client teaches: for development and evaluation. From 1 to 1000. @default 3
   */
  readonly minClients?: number;
  /** Least chance at which a target is offered. From 0 to 1. @default 0.5 */
  readonly minConfidence?: number;
  /** Pages that are remembered. @default 2000 */
  readonly maxPages?: number;
  /** Subresources, and as many next pages, remembered of each page and pattern. @default 64 */
  readonly maxTargetsPerPage?: number;
  /** Visits of a page after which its old counts weigh half. @default 500 */
  readonly halfLifeVisits?: number;
  /** The time, in milliseconds, from any start. @default performance.now */
  readonly clock?: () => number;
}

/** Sizes of the tables, and what has been seen since the start. */
export interface PredictorStats {
  readonly pages: number;
  /** Targets remembered, over all pages and patterns. */
  readonly targets: number;
  readonly patterns: number;
  /** Page views reported. */
  readonly visits: number;
  /** Subresources reported. */
  readonly uses: number;
  readonly evictedPages: number;
}

const optionRules: OptionRules<PredictorOptions> = {
  minClients: integer(3, 1, 1000),
  minConfidence: number(0.5, 0, 1),
  maxPages: integer(2000, 1),
  maxTargetsPerPage: integer(64, 1),
  halfLifeVisits: integer(500, 1),
  clock: custom(
    'a function',
    () => performance.now(),
    (value) => typeof value === 'function',
  ),
};

/** Apps have tens of routes; more than this is a mistake of whoever names the patterns. */
const maxPatterns = 256;

/** Clients whose latest pages are remembered. */
const maxClients = 4096;

/** In UTF-16 code units. Longer URLs are not learned: a hint as long as that would not pay. */
const maxUrlLength = 1024;

/** A page collects its subresources for this long after it was asked for. */
const resourceWindowMs = 60_000;

/** The next page belongs to a visit for this long: the usual end of a session in web analytics. */
const sessionIdleMs = 30 * 60_000;

/**
 * Learns, one event at a time, which subresources a page needs and which page comes next.
 *
 * **Trust.** A target is offered only after `minClients` distinct clients asked for it, and no
 * client teaches more than its share of a page or pattern however often it comes ({@link FairShare}).
 *
 * **Confidence.** Uses divided by the visits that could have used it, shrunk towards what is known
 * of the page's route pattern, and that towards a low guess ({@link rankTargets}). For resources
 * only cold visits count ({@link OpenVisit}).
 *
 * **Bounds.** `maxPages` pages and 256 patterns, each with at most `maxTargetsPerPage` subresources
 * and as many next pages; the latest 8 visits of 4096 clients; URLs of at most 1024 characters.
 * Pages and patterns that are used least are evicted ({@link BoundedMap}), targets with the fewest
 * aged uses. Once `maxPages` is reached, a client brings new pages only within its share.
 */
export class IntelligentPushPredictor {
  readonly #options: Required<PredictorOptions>;
  readonly #pages: BoundedMap<PageKnowledge>;
  readonly #patterns = new BoundedMap<PageKnowledge>(maxPatterns);
  readonly #openVisits = new OpenVisits(maxClients);
  readonly #thinkTimes = new ThinkTimes(maxPatterns);
  readonly #newPagesShare: FairShare;
  #visits = 0;
  #uses = 0;

  constructor(options?: PredictorOptions) {
    this.#options = parseOptions('IntelligentPushPredictor', options, optionRules);
    this.#pages = new BoundedMap(this.#options.maxPages);
    this.#newPagesShare = new FairShare(this.#options.minClients);
  }

  /** A page was viewed. Prefetched pages are reported when the visitor gets to see them. */
  observePage(visit: PageVisit): void {
    this.#visits++;
    if (visit.page.length > maxUrlLength) return;
    const client = clientHash(visit.client);
    const nowMs = this.#options.clock();
    this.#observeStep(visit, client, nowMs);
    const offered = visit.offered ?? [];
    const opened = new OpenVisit({
      client,
      page: visit.page,
      viewedAtMs: nowMs,
      offered,
      maxTargetsPerPage: this.#options.maxTargetsPerPage,
    });
    this.#countForPage(visit, client, opened);
    if (visit.pattern !== undefined) opened.teachPattern(this.#patternOf(visit.pattern));
    const earlier = this.#openVisits.find(client, visit.page);
    if (earlier !== undefined && !opened.counts) earlier.reload(nowMs, offered);
    else this.#openVisits.add(client, opened);
  }

  /** A page asked for a subresource. Ignored unless its client viewed that page within a minute. */
  observeResource(use: ResourceUse): void {
    this.#uses++;
    if (use.resource.length > maxUrlLength) return;
    const visit = this.#openVisits.find(clientHash(use.client), use.page);
    if (visit === undefined) return;
    if (this.#options.clock() - visit.viewedAtMs > resourceWindowMs) return;
    if (use.pattern !== undefined) visit.teachPattern(this.#patternOf(use.pattern));
    visit.addResource(use.resource, use.kind);
  }

  /** A page of this route pattern took `thinkMs` from request to first byte. */
  observeThinkTime(pattern: string, thinkMs: number): void {
    this.#thinkTimes.observe(pattern, thinkMs);
  }

  /** Milliseconds until the first byte of such a page: the median of the last 15 observed. */
  thinkTimeMs(pattern: string): number | undefined {
    return this.#thinkTimes.medianMs(pattern);
  }

  /**
   * What a page will ask for, best first: likelier by a tenth first, then what blocks rendering.
   * Without `pattern`, a page takes the one it was last seen with.
   */
  predictResources(page: string, pattern?: string, limit = 8): readonly Prediction[] {
    return this.#predict('resources', page, pattern).slice(0, limit);
  }

  /** Where visitors of a page go next, likeliest first. */
  predictPages(page: string, pattern?: string, limit = 3): readonly Prediction[] {
    return this.#predict('nextPages', page, pattern).slice(0, limit);
  }

  /**
   * Drops an URL that turned out private or gone, as a page and as a target of any page. Looks at
   * every page: call it for URLs that were predicted, not for every 404.
   */
  forget(target: string): void {
    this.#pages.delete(target);
    for (const page of this.#pages.values()) page.forget(target);
    for (const pattern of this.#patterns.values()) pattern.forget(target);
  }

  /** Counts the tables anew at each call. */
  get stats(): PredictorStats {
    let targets = 0;
    for (const table of [this.#pages, this.#patterns]) {
      for (const { resources, nextPages } of table.values()) {
        targets += resources.size + nextPages.size;
      }
    }
    return {
      pages: this.#pages.size,
      targets,
      patterns: this.#patterns.size,
      visits: this.#visits,
      uses: this.#uses,
      evictedPages: this.#pages.evictions,
    };
  }

  #observeStep({ page, from, fromPattern }: PageVisit, client: number, nowMs: number): void {
    if (from === undefined || from === page) return;
    const left = this.#openVisits.find(client, from);
    if (left === undefined || nowMs - left.viewedAtMs > sessionIdleMs) return;
    if (fromPattern !== undefined) left.teachPattern(this.#patternOf(fromPattern));
    left.addNextPage(page);
  }

  /** Only visits that count keep a page from eviction, and only they let a new one in. */
  #countForPage({ page, pattern }: PageVisit, client: number, opened: OpenVisit): void {
    const known = this.#pages.peek(page);
    if (known === undefined && this.#pages.isFull && !this.#newPagesShare.admits(client)) return;
    const knowledge = known ?? new PageKnowledge(this.#options);
    knowledge.pattern = pattern ?? knowledge.pattern;
    if (opened.teachPage(knowledge)) this.#pages.use(page, () => knowledge);
  }

  #patternOf(pattern: string): PageKnowledge {
    return this.#patterns.use(pattern, () => new PageKnowledge(this.#options));
  }

  #predict(part: Part, path: string, pattern: string | undefined): Prediction[] {
    const { minClients, minConfidence } = this.#options;
    const page = this.#pages.peek(path);
    const name = pattern ?? page?.pattern;
    return rankTargets({
      part,
      page,
      pattern: name === undefined ? undefined : this.#patterns.peek(name),
      minClients,
      minConfidence,
    });
  }
}
