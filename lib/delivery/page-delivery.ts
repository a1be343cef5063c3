import type { ServerResponse } from 'node:http';
import { isSpeculative } from '../util/is-speculative';
import type { PushResource } from '../prediction/push-rule';
import { ResponseTap } from '../response/response-tap';
import type { ResourceFacts } from './evidence/resource-facts';
import type { Visit } from './evidence/visit-observer';
import { connectionOf, type GivenResources } from './judgement/given-resources';
import { hasCopy, mayShowPage, savesData } from './judgement/request-signals';
import { isHtml } from './judgement/shareable-response';
import { LinkBudget } from './means/link-budget';
import { addLinks, sendEarlyHints } from './means/preload-headers';
import { formatPreload } from './means/preload-link';
import type { PagePushes, PushPromiser } from './means/push-promise';
import type { DeliveryMeans } from './statistics/delivery-ledger';

/** What one page was given, by one means. */
export interface Delivered {
  /** Path of the page. */
  readonly page: string;
  readonly means: DeliveryMeans;
  readonly targets: readonly string[];
  /** `false` in observe mode: nothing was sent. */
  readonly isSent: boolean;
}

export interface DeliveryInit {
  readonly given: GivenResources;
  readonly facts: ResourceFacts;
  /** Absent when PUSH_PROMISE is off. */
  readonly promiser: PushPromiser | undefined;
  readonly earlyHints: boolean;
  readonly preloadLinks: boolean;
  /** Links of one page, in its 103 and its final headers together. */
  readonly maxLinks: number;
  /** Least think time for which a 103 pays. */
  readonly minThinkMs: number;
  /** Pushes wait so long for the page. */
  readonly pushDelayMs: number;
  /** `false` in observe mode: everything is decided, nothing is sent. */
  readonly isSending: boolean;
  readonly onDelivered: (visit: Visit, delivered: Delivered) => void;
}

interface Candidate {
  readonly target: string;
  readonly resource: PushResource;
  readonly link: string;
  readonly isByHand: boolean;
  /** Whether a link on the page itself helps. */
  readonly isLinkable: boolean;
}

/**
 * Gives one page request what it will need, each thing once, by the first means that this client
 * takes: PUSH_PROMISE, the one 103, then `Link` on the final response. Nothing for requests that
 * show no page, for speculative ones, or when the client saves data.
 */
export class PageDelivery {
  readonly #init: DeliveryInit;
  readonly #visit: Visit;
  readonly #connection: object;
  readonly #thinkMs: number | undefined;
  /** Whether this request can be given anything. */
  readonly isOpen: boolean;
  readonly #seen = new Set<string>();
  readonly #pushes: PagePushes | undefined;
  #delayed: Candidate[] | undefined;
  #queued: Candidate[] | undefined;
  #hasSentHints = false;
  readonly #budget: LinkBudget;

  /** @param thinkMs Learned think time of this page's route. */
  constructor(init: DeliveryInit, visit: Visit, thinkMs: number | undefined) {
    this.#init = init;
    this.#visit = visit;
    this.#connection = connectionOf(visit.req, visit.res);
    this.#thinkMs = thinkMs;
    this.#budget = new LinkBudget(init.maxLinks);
    const { headers } = visit.req;
    this.isOpen = mayShowPage(visit.req) && !isSpeculative(headers) && !savesData(headers);
    this.#pushes = this.isOpen ? init.promiser?.forPage(visit) : undefined;
  }

  /** Everything this client got on this connection, this page's gifts included. */
  get offered(): readonly string[] {
    return this.#init.given.listOf(this.#connection, this.#visit.client);
  }

  /**
   * Gives what is new to this client; what was named by hand comes before what was found out.
   *
   * @param isLate Whether the page leaves its browser to find that late.
   */
  give(
    byHand: readonly PushResource[],
    foundOut: readonly PushResource[] = [],
    isLate: (resource: PushResource) => boolean = () => true,
  ): void {
    if (!this.isOpen || this.#visit.res.headersSent) return;
    const candidates = [...this.#fresh(byHand), ...this.#fresh(foundOut, isLate)];
    if (candidates.length > 0) this.#hintOrLink(this.#push(candidates));
  }

  /** @param isLate Missing for what was named by hand. */
  #fresh(
    resources: readonly PushResource[],
    isLate?: (resource: PushResource) => boolean,
  ): Candidate[] {
    const fresh: Candidate[] = [];
    for (const resource of resources) {
      const target = resource.url;
      if (this.#seen.has(target) || this.#isThere(target)) continue;
      const link = formatPreload(resource);
      if (link === undefined) continue;
      this.#seen.add(target);
      const isLinkable = isLate?.(resource) ?? true;
      fresh.push({ target, resource, link, isByHand: isLate === undefined, isLinkable });
    }
    return fresh;
  }

  /**
   * True for what this connection got, and for what the browser keeps: it has a copy of the page,
   * so it has the page's resources that need not be asked for again.
   */
  #isThere(target: string): boolean {
    const { given, facts } = this.#init;
    if (given.has(this.#connection, this.#visit.client, target)) return true;
    return hasCopy(this.#visit.req.headers) && facts.isFresh(target);
  }

  /** @returns What is left to other means. */
  #push(candidates: readonly Candidate[]): readonly Candidate[] {
    const pushes = this.#pushes;
    if (pushes === undefined || hasCopy(this.#visit.req.headers)) return candidates;
    const pushable = candidates.filter((one) => isPushable(one) && pushes.isPossible);
    if (pushable.length === 0) return candidates;
    if (this.#init.pushDelayMs > 0) this.#pushLater(pushes, pushable);
    const left = this.#init.pushDelayMs > 0 ? [] : this.#pushNow(pushes, pushable);
    return candidates.filter((one) => left.includes(one) || !pushable.includes(one));
  }

  /** @returns What this client did not take. */
  #pushNow(pushes: PagePushes, candidates: readonly Candidate[]): Candidate[] {
    const pushed: Candidate[] = [];
    const rest: Candidate[] = [];
    for (const one of candidates) {
      const isDone = this.#init.isSending ? pushes.push(one.resource) : pushes.isPossible;
      (isDone ? pushed : rest).push(one);
    }
    this.#settle('push', pushed);
    return rest;
  }

  /** A page that is answered before the time is up tells of its resources itself. */
  #pushLater(pushes: PagePushes, candidates: readonly Candidate[]): void {
    const { res } = this.#visit;
    if (this.#delayed !== undefined) {
      this.#delayed.push(...candidates);
      return;
    }
    this.#delayed = [...candidates];
    // Its observer runs after the one below: the last to register comes first.
    this.#queueLinks([]);
    const take = (): Candidate[] => this.#delayed?.splice(0) ?? [];
    const timer = setTimeout(
      () => this.#queueLinks(this.#pushNow(pushes, take())),
      this.#init.pushDelayMs,
    );
    res.once('close', () => clearTimeout(timer));
    ResponseTap.of(res).onHeaders(() => {
      clearTimeout(timer);
      this.#queueLinks(take());
    });
  }

  #hintOrLink(candidates: readonly Candidate[]): void {
    this.#queueLinks(this.#hint(candidates));
  }

  /** @returns What was not hinted. */
  #hint(candidates: readonly Candidate[]): readonly Candidate[] {
    const { earlyHints, isSending } = this.#init;
    if (!earlyHints || this.#hasSentHints || candidates.length === 0) return candidates;
    const paying = candidates.filter((one) => this.#paysEarly(one));
    const hinted = this.#withinBudget(paying);
    const links = hinted.map(({ link }) => link);
    if (hinted.length === 0 || !sendEarlyHints(this.#visit, links, isSending)) {
      this.#budget.restore(links);
      return candidates;
    }
    this.#hasSentHints = true;
    this.#settle('early-hints', hinted);
    return candidates.filter((one) => !hinted.includes(one));
  }

  /**
   * A 103 helps as long as the app thinks; of a page never timed, only its author knows. What
   * browsers may not reuse without asking they fetch for the 103 and ask for again for the page
   * (seen in Chromium with `max-age=0`), while a link on the page itself is fetched once. Which of
   * an image's candidates they want they know only when they know the page.
   */
  #paysEarly({ target, resource, isByHand }: Candidate): boolean {
    if (this.#init.facts.isStale(target) || resource.imageSrcset !== undefined) return false;
    return this.#thinkMs === undefined ? isByHand : this.#thinkMs >= this.#init.minThinkMs;
  }

  #queueLinks(candidates: readonly Candidate[]): void {
    if (!this.#init.preloadLinks) return;
    if (this.#queued === undefined) {
      this.#queued = [];
      ResponseTap.of(this.#visit.res).onHeaders((res) => this.#addLinks(res));
    }
    this.#queued.push(...this.#withinBudget(candidates.filter((one) => one.isLinkable)));
  }

  #addLinks(res: ServerResponse): void {
    if (res.statusCode !== 200 || !isHtml(res) || this.#queued === undefined) return;
    const added = addLinks(res, this.#queued, this.#init.isSending);
    this.#settle('link-header', added);
  }

  #withinBudget(candidates: readonly Candidate[]): Candidate[] {
    return candidates.filter(({ link }) => this.#budget.takes(link));
  }

  #settle(means: DeliveryMeans, candidates: readonly Candidate[]): void {
    if (candidates.length === 0) return;
    const { given, isSending, onDelivered } = this.#init;
    const targets = candidates.map(({ target }) => target);
    if (isSending) {
      for (const target of targets) given.add(this.#connection, this.#visit.client, target);
    }
    onDelivered(this.#visit, { page: this.#visit.url.path, means, targets, isSent: isSending });
  }
}

/**
 * Only what this server answers, and never what scripts fetch: that may depend on the cookie, which
 * a promised request does not carry. Which candidate of an image is wanted, only the browser knows.
 */
function isPushable({ target, resource }: Candidate): boolean {
  const { as, imageSrcset } = resource;
  return target.startsWith('/') && as !== 'fetch' && imageSrcset === undefined;
}
