import { FairShare } from './fair-share';
import { type CountLimits, TargetCounts } from './target-counts';

/** What was learned about one page, or about all pages of one route pattern. */
export class PageKnowledge {
  /** Subresources; its visits are the cold ones, those that asked for at least one subresource. */
  readonly resources: TargetCounts;

  /** Pages that came next; its visits are all counted visits, last ones of a session included. */
  readonly nextPages: TargetCounts;

  readonly share: FairShare;

  /** Route pattern of the page, once it is known. */
  pattern: string | undefined;

  constructor(limits: CountLimits) {
    this.resources = new TargetCounts(limits);
    this.nextPages = new TargetCounts(limits);
    this.share = new FairShare(limits.minClients);
  }

  forget(target: string): void {
    this.resources.delete(target);
    this.nextPages.delete(target);
  }
}
