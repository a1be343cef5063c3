import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Prediction } from '../../prediction/prediction';
import { markImminent } from '../../util/imminent';
import { isPrerender, isSpeculative } from '../../util/is-speculative';
import type { PageView } from '../evidence/recent-pages';
import type { TaughtView, Visit } from '../evidence/visit-observer';
import { type RoutedRequest, savesData, seemsAuthenticated } from '../judgement/request-signals';
import { connectionOf, type GivenResources } from '../judgement/given-resources';
import { factsOf, isDeclaredPersonal } from '../judgement/shareable-response';
import { addLinks, allowsPrefetch } from '../means/preload-headers';
import { formatPrefetch } from '../means/preload-link';
import { LinkBudget } from '../means/link-budget';
import { NextPageChooser, type NextPagesInit } from './next-pages';
import { NextResourceChooser, type NextResourcesInit } from './next-resources';
import { type NextPages, type SpeculationTag, writeRuleSet } from './rule-set';
import { RuleStore } from './rule-store';
import { SpeculationRecord, tagOf } from './speculation-record';

export interface SpeculatorInit extends Omit<NextPagesInit, 'record' | 'needs'>, NextResourcesInit {
  readonly minClients: number;
  /** Where sets of rules are served: path of a folder. */
  readonly speculationPath: string;
  /** Whether those who are logged in are given rules too. */
  readonly speculateAuthenticated: boolean;
  /** Tells who is logged in. */
  readonly isAuthenticated: ((req: RoutedRequest) => boolean) | undefined;
  /** `false` in observe mode: nothing is sent. */
  readonly isSending: boolean;
  /** What clients got on their connections. */
  readonly given: GivenResources;
  /** Links of one page to what the next ones need. */
  readonly maxLinks: number;
  readonly onGiven: (visit: Visit, pages: NextPages) => void;
  /** The page links to these, for those that come next. */
  readonly onLinked: (view: PageView, targets: readonly string[]) => void;
}

const kTag = Symbol('headstart.tag');
const kLinks = Symbol('headstart.links');

/** A page that was fetched ahead. It outlives its response, so nothing here may hold that. */
interface AheadView extends PageView {
  /** The rule it came by, if that counts. */
  [kTag]?: SpeculationTag;
  /** What it links to for the pages after it. */
  [kLinks]?: readonly string[];
}

/**
 * Tells browsers, by a `Speculation-Rules` header on pages, which pages to fetch or render ahead.
 * Not those who are logged in, unless allowed, and not those who save data.
 */
export class Speculator {
  readonly #init: SpeculatorInit;
  readonly #chooser: NextPageChooser;
  readonly #resources: NextResourceChooser;
  readonly #record: SpeculationRecord;
  readonly #store: RuleStore;
  readonly #unsafePaths: readonly string[];

  constructor(init: SpeculatorInit) {
    this.#init = init;
    this.#record = new SpeculationRecord(init.minClients);
    this.#chooser = new NextPageChooser({ ...init, record: this.#record });
    this.#resources = new NextResourceChooser(init);
    this.#store = new RuleStore(init.speculationPath);
    this.#unsafePaths = init.unsafePaths.filter((one) => typeof one === 'string');
  }

  /** Answers a request for a set of rules. @returns Whether it was one. */
  answer(req: IncomingMessage, res: ServerResponse, path: string, query: string): boolean {
    return this.#store.answer(req, res, path, query);
  }

  /**
   * A page is asked for. One that is fetched ahead on a sign is soon clicked on, and then Chromium waits
   * for it instead of asking again.
   */
  pageAsked({ headers }: IncomingMessage, res: ServerResponse): void {
    if (!isSpeculative(headers)) return;
    const tag = tagOf(headers);
    if (tag === 'headstart-soon' || tag === 'headstart-route') markImminent(res);
  }

  /** A page is about to leave. */
  pageCame(visit: Visit, view: TaughtView): void {
    const { req, res, client, network } = visit;
    const isAhead = isSpeculative(req.headers);
    const tag = isAhead ? tagOf(req.headers) : undefined;
    if (tag !== undefined && this.#record.sent(tag, network ?? client)) {
      (view as AheadView)[kTag] = tag;
    }
    if (!this.#mayGive(req, res)) return;
    const connection = connectionOf(req, res);
    const isThere = (target: string): boolean => this.#init.given.has(connection, client, target);
    const pages = this.#chooser.choose(view, { client: isAhead ? undefined : client, isThere });
    const isEmpty = pages.now.length + pages.soon.length + pages.routes.length === 0;
    // A page fetched ahead is given rules in any case: that they are asked for says it is shown.
    if (isEmpty && !isAhead) return;
    if (this.#init.isSending) {
      const set = writeRuleSet(pages, { unsafePaths: this.#unsafePaths });
      addRules(res, this.#store.put(set, isAhead ? view.show : undefined));
    }
    if (!isEmpty) this.#init.onGiven(visit, pages);
    if (!isPrerender(req.headers)) this.#linkNext(visit, view, pages.likely, isThere);
  }

  /** Browsers follow the links of a page that they fetched ahead when it is shown. */
  #linkNext(
    { res }: Visit,
    view: TaughtView,
    pages: readonly Prediction[],
    isThere: (target: string) => boolean,
  ): void {
    const { maxLinks, isSending, onLinked } = this.#init;
    if (res.statusCode !== 200 || !allowsPrefetch(res)) return;
    const resources = this.#resources.choose(view, pages, isThere);
    const budget = new LinkBudget(maxLinks);
    const links = resources.flatMap((resource) => {
      const link = formatPrefetch(resource);
      return link === undefined || !budget.takes(link) ? [] : [{ target: resource.url, link }];
    });
    const added = addLinks(res, links, isSending).map(({ target }) => target);
    if (added.length === 0) return;
    if (view.show === undefined) onLinked(view, added);
    else (view as AheadView)[kLinks] = added;
  }

  /** A page fetched ahead is looked at. */
  shown(view: AheadView): void {
    const { [kTag]: tag, [kLinks]: links } = view;
    if (tag !== undefined) this.#record.shown(tag);
    if (links !== undefined) this.#init.onLinked(view, links);
  }

  #mayGive(req: RoutedRequest, res: ServerResponse): boolean {
    const { speculateAuthenticated, isAuthenticated = seemsAuthenticated } = this.#init;
    if (savesData(req.headers)) return false;
    return speculateAuthenticated || !(isAuthenticated(req) || isDeclaredPersonal(factsOf(res)));
  }
}

/** The field is a list of strings (RFC 9651); what the app says itself stays. */
function addRules(res: ServerResponse, url: string): void {
  const before = [res.getHeader('speculation-rules') ?? []].flat().map(String);
  res.setHeader('Speculation-Rules', [...before, `"${url}"`].join(', '));
}
