import type { ServerResponse } from 'node:http';
import type { PushResource } from '../prediction/push-rule';
import { ResponseTap } from '../response/response-tap';
import { reportFailure } from '../util/diagnostics';
import { isSpeculative } from '../util/is-speculative';
import { connectionOf, type GivenResources } from './given-resources';
import { http2StreamOf } from './http2-stream';
import { formatPreload } from './link-header';
import type { PushPromiser } from './push-promise';
import type { ResourceFacts } from './resource-facts';
import { isNavigation, mayShowPage, savesData } from './request-signals';
import { isHtml } from './shareable-response';
import type { Visit } from './visit-observer';

/** How something was given to a client before it asked. */
export type DeliveryMeans = 'push' | 'early-hints' | 'link-header';

/** What one page was given, by one means. */
export interface Delivered {
  /** Path of the page. */
  readonly page: string;
  readonly means: DeliveryMeans;
  readonly targets: readonly string[];
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
  readonly onDelivered: (delivered: Delivered) => void;
}

interface Candidate {
  readonly target: string;
  readonly resource: PushResource;
  readonly link: string;
  readonly isLearned: boolean;
}

/** Bytes of all links of one page: they must leave in the first packets, ahead of the page. */
const maxLinkBytes = 1024;

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
  readonly #isOpen: boolean;
  readonly #seen = new Set<string>();
  #queued: Candidate[] | undefined;
  #hasSentHints = false;
  #linksLeft: number;
  #bytesLeft = maxLinkBytes;

  /** @param thinkMs Learned think time of this page's route. */
  constructor(init: DeliveryInit, visit: Visit, thinkMs: number | undefined) {
    this.#init = init;
    this.#visit = visit;
    this.#connection = connectionOf(visit.req, visit.res);
    this.#thinkMs = thinkMs;
    this.#linksLeft = init.maxLinks;
    const { headers } = visit.req;
    this.#isOpen = mayShowPage(visit.req) && !isSpeculative(headers) && !savesData(headers);
  }

  /** Everything this client got on this connection, this page's gifts included. */
  get offered(): readonly string[] {
    return this.#init.given.listOf(this.#connection, this.#visit.client);
  }

  /** Gives what is new to this client; what was named by hand comes before what was learned. */
  give(byHand: readonly PushResource[], learned: readonly PushResource[] = []): void {
    if (!this.#isOpen || this.#visit.res.headersSent) return;
    const candidates = [...this.#fresh(byHand, false), ...this.#fresh(learned, true)];
    if (candidates.length > 0) this.#queueLinks(this.#hint(this.#push(candidates)));
  }

  #fresh(resources: readonly PushResource[], isLearned: boolean): Candidate[] {
    const { given } = this.#init;
    const fresh: Candidate[] = [];
    for (const resource of resources) {
      const target = resource.url;
      if (this.#seen.has(target) || given.has(this.#connection, this.#visit.client, target)) {
        continue;
      }
      const link = formatPreload(resource);
      if (link === undefined) continue;
      this.#seen.add(target);
      fresh.push({ target, resource, link, isLearned });
    }
    return fresh;
  }

  /** @returns What was not pushed. */
  #push(candidates: readonly Candidate[]): readonly Candidate[] {
    const { promiser } = this.#init;
    const { req, res } = this.#visit;
    const stream = http2StreamOf(res);
    if (promiser === undefined || stream === undefined) return candidates;
    const pushed: Candidate[] = [];
    const rest: Candidate[] = [];
    for (const candidate of candidates) {
      const isDone = isPushable(candidate) && promiser.push(stream, req.headers, candidate.target);
      (isDone ? pushed : rest).push(candidate);
    }
    this.#settle('push', pushed);
    return rest;
  }

  /** @returns What was not hinted. */
  #hint(candidates: readonly Candidate[]): readonly Candidate[] {
    const { req, res } = this.#visit;
    const stream = http2StreamOf(res);
    if (stream === undefined || stream.headersSent || this.#hasSentHints) return candidates;
    if (!this.#init.earlyHints || !isNavigation(req.headers)) return candidates;
    const hinted = this.#withinBudget(candidates.filter((one) => this.#paysEarly(one)));
    if (hinted.length === 0) return candidates;
    try {
      // Not `res.writeEarlyHints`, which refuses links with a comma.
      stream.additionalHeaders({ ':status': 103, link: hinted.map(({ link }) => link) });
    } catch (error) {
      reportFailure('serverPush', error);
      return candidates;
    }
    this.#hasSentHints = true;
    this.#settle('early-hints', hinted);
    return candidates.filter((one) => !hinted.includes(one));
  }

  /**
   * A 103 helps as long as the app thinks; of a page never timed, only its author knows. What
   * browsers may not reuse without asking they fetch for the 103 and ask for again for the page
   * (seen in Chromium with `max-age=0`), while a link on the page itself is fetched once.
   */
  #paysEarly({ target, isLearned }: Candidate): boolean {
    if (this.#init.facts.isStale(target)) return false;
    return this.#thinkMs === undefined ? !isLearned : this.#thinkMs >= this.#init.minThinkMs;
  }

  #queueLinks(candidates: readonly Candidate[]): void {
    if (!this.#init.preloadLinks || candidates.length === 0) return;
    if (this.#queued === undefined) {
      this.#queued = [];
      ResponseTap.of(this.#visit.res).onHeaders((res) => this.#addLinks(res));
    }
    this.#queued.push(...this.#withinBudget(candidates));
  }

  #addLinks(res: ServerResponse): void {
    if (res.statusCode !== 200 || !isHtml(res)) return;
    const before = [res.getHeader('link') ?? []].flat().map(String);
    const added = (this.#queued ?? []).filter(
      ({ link }) => !before.some((one) => one.includes(link.slice(0, link.indexOf('>') + 1))),
    );
    if (added.length === 0) return;
    res.setHeader('link', [...before, ...added.map(({ link }) => link)]);
    this.#settle('link-header', added);
  }

  #withinBudget(candidates: readonly Candidate[]): Candidate[] {
    return candidates.filter(({ link }) => {
      if (this.#linksLeft === 0 || link.length > this.#bytesLeft) return false;
      this.#linksLeft--;
      this.#bytesLeft -= link.length;
      return true;
    });
  }

  #settle(means: DeliveryMeans, candidates: readonly Candidate[]): void {
    if (candidates.length === 0) return;
    const targets = candidates.map(({ target }) => target);
    for (const target of targets) {
      this.#init.given.add(this.#connection, this.#visit.client, target);
    }
    this.#init.onDelivered({ page: this.#visit.url.path, means, targets });
  }
}

/**
 * Only what this server answers, and never what scripts fetch: that may depend on the cookie, which
 * a promised request does not carry.
 */
function isPushable({ target, resource }: Candidate): boolean {
  return target.startsWith('/') && resource.as !== 'fetch';
}
