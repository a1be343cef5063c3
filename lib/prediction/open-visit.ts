import type { PageKnowledge } from './page-knowledge';
import type { ResourceKind } from './resource-kind';
import type { TargetCounts, TargetKind } from './target-counts';

export interface OpenVisitInit {
  /** Hash of the client. */
  readonly client: number;
  readonly page: string;
  /** In ms of the predictor's clock. */
  readonly viewedAtMs: number;
  /** Targets the visitor was given unasked; see `PageVisit.offered`. */
  readonly offered: readonly string[];
  readonly maxTargetsPerPage: number;
}

/**
 * One page view whose consequences are still to come. It teaches each target once, at most
 * `maxTargetsPerPage` subresources and as many next pages, and it displaces at most half of what
 * a full table holds.
 *
 * A view counts for resources only once it is *cold*, that is from its first subresource on.
 * Browsers that come back have everything in their cache and ask for nothing, so dividing by all
 * views would make every resource look unlikely to those who do need it.
 */
export class OpenVisit {
  readonly page: string;

  readonly #client: number;
  readonly #offered: string[] = [];
  readonly #maxTargets: number;

  /** What this visit teaches: page and pattern, unless the client has had its share there. */
  readonly #pupils: PageKnowledge[] = [];

  /** Subresources this visit has taught, or was given, and does not teach again. */
  readonly #settled = new Set<string>();
  readonly #nextPages: string[] = [];
  #viewedAtMs: number;
  #displaced = 0;
  #isCold = false;
  #hasPattern = false;

  constructor(init: OpenVisitInit) {
    this.page = init.page;
    this.#viewedAtMs = init.viewedAtMs;
    this.#client = init.client;
    this.#maxTargets = init.maxTargetsPerPage;
    this.#offer(init.offered);
  }

  /** When the page was last asked for: the time of the latest reload. */
  get viewedAtMs(): number {
    return this.#viewedAtMs;
  }

  /** Whether anything is learned from this visit. */
  get counts(): boolean {
    return this.#pupils.length > 0;
  }

  /** The page was viewed again, in a view that itself teaches nothing. */
  reload(viewedAtMs: number, offered: readonly string[]): void {
    this.#viewedAtMs = viewedAtMs;
    this.#offer(offered);
  }

  /**
   * Counts the visit for its page.
   *
   * @returns `false` when its client has had its share.
   */
  teachPage(page: PageKnowledge): boolean {
    return this.#teach(page);
  }

  /** Counts the visit for its route pattern, if its client has not had its share; only once. */
  teachPattern(pattern: PageKnowledge): void {
    if (this.#hasPattern) return;
    this.#hasPattern = true;
    this.#teach(pattern);
  }

  /** The visitor asked for a subresource of the page. */
  addResource(target: string, kind: ResourceKind): void {
    if (this.#settled.has(target)) return;
    if (this.#settled.size >= this.#maxTargets + this.#offered.length) return;
    this.#settled.add(target);
    if (!this.#isCold) {
      this.#isCold = true;
      for (const pupil of this.#pupils) this.#addColdVisit(pupil);
    }
    for (const pupil of this.#pupils) this.#addUse(pupil.resources, target, kind);
  }

  /** The visitor went on to another page. */
  addNextPage(target: string): void {
    if (this.#nextPages.length === this.#maxTargets || this.#nextPages.includes(target)) return;
    this.#nextPages.push(target);
    for (const pupil of this.#pupils) this.#addUse(pupil.nextPages, target, 'document');
  }

  #offer(targets: readonly string[]): void {
    for (const target of targets) {
      if (this.#offered.length === this.#maxTargets) return;
      if (this.#settled.has(target)) continue;
      this.#offered.push(target);
      this.#settled.add(target);
    }
  }

  #teach(pupil: PageKnowledge): boolean {
    if (!pupil.share.admits(this.#client)) return false;
    this.#pupils.push(pupil);
    pupil.nextPages.addVisit();
    if (this.#isCold) this.#addColdVisit(pupil);
    return true;
  }

  #addColdVisit(pupil: PageKnowledge): void {
    for (const target of this.#offered) pupil.resources.holdRate(target);
    pupil.resources.addVisit();
  }

  #addUse(counts: TargetCounts, target: string, kind: TargetKind): void {
    const displaces = counts.isFull && counts.get(target) === undefined;
    if (displaces && ++this.#displaced > Math.ceil(this.#maxTargets / 2)) return;
    counts.addUse(target, kind, this.#client);
  }
}
