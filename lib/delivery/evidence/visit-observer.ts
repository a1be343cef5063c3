import type { ServerResponse } from 'node:http';
import { isSpeculative } from '../../util/is-speculative';
import type { IntelligentPushPredictor } from '../../prediction/intelligent-push-predictor';
import { kindOfDestination, kindOfPath } from '../../prediction/resource-kind';
import type { ResourceKind } from '../../prediction/resource-kind';
import { ResponseTap } from '../../response/response-tap';
import { BoundedMap } from '../../util/bounded-map';
import type { Client } from '../judgement/client-identity';
import type { PublicUrls } from '../judgement/public-urls';
import { isRobot, refererOf } from '../judgement/request-signals';
import type { LocalUrl, RoutedRequest } from '../judgement/request-signals';
import {
  factsOf,
  isDeclaredPersonal,
  isHtml,
  isShareable,
  staysFresh,
} from '../judgement/shareable-response';
import { isUnsafePath } from '../judgement/unsafe-paths';
import type { WatchedBody } from './body-watch';
import type { Audience, KnownRoutes } from './known-routes';
import { MountPoints } from './mount-points';
import { type PageView, RecentPages } from './recent-pages';
import type { ResourceFacts } from './resource-facts';

/** As many as the model keeps think times of. */
const maxTimedRoutes = 256;

/** What an observer needs of the model. */
export type VisitLearner = Pick<
  IntelligentPushPredictor,
  'observePage' | 'observeResource' | 'observeThinkTime' | 'forget'
>;

export interface VisitObserverInit {
  readonly predictor: VisitLearner;
  readonly routes: KnownRoutes;
  readonly facts: ResourceFacts;
  readonly publicUrls: PublicUrls;
  /** The time, in milliseconds, from any start. */
  readonly clock: () => number;
  readonly unsafePaths: readonly (string | RegExp)[];
  readonly allowQuery: boolean;
  /**
   * A page is about to leave; it may be one fetched ahead, which has yet to be shown. `from` is the
   * page that led to it.
   */
  readonly onPage: (visit: Visit, view: TaughtView, from: PageView | undefined) => void;
  /** A page that was fetched ahead is looked at. */
  readonly onShown: (view: TaughtView, from: PageView | undefined) => void;
  /** A page's subresource came; the page itself may still be on its way. */
  readonly onResource: (visit: Visit, view: PageView) => void;
}

/** A view that turned out to be a page. */
export type TaughtView = PageView & { readonly key: string };

function isTaught(view: PageView): view is TaughtView {
  return view.key !== undefined;
}

/** One request with what is already known of it. */
export interface Visit extends Client {
  readonly req: RoutedRequest;
  readonly res: ServerResponse;
  readonly url: LocalUrl;
  /** The view of a page, as soon as it is counted; none for robots. */
  view?: PageView;
  /** The body on its way, if it is watched. */
  body?: WatchedBody;
}

/**
 * Turns requests and their answers into observations.
 *
 * A page view counts when a page came out (200 or 304, HTML) and somebody looks at it: a page
 * fetched ahead counts when it is shown (promise 5). A subresource counts for the page its Referer
 * leads to. Only what anyone may have becomes a target: see {@link isShareable}, {@link PublicUrls}
 * and {@link isUnsafePath}. Robots teach nothing.
 *
 * Resources that a view was given teach nothing about it, whether they are asked for or not: they
 * are reported with the view as `offered`, which leaves their chances as they are. So that chances
 * can still fall, one view in sixteen is given nothing learned (see `ServerPushManager`).
 */
export class VisitObserver {
  readonly #init: VisitObserverInit;
  readonly #recent: RecentPages;
  readonly #mountPoints = new MountPoints();
  /** By route: who was timed last, and when. */
  readonly #lastTimed = new BoundedMap<{ who: string; atMs: number }>(maxTimedRoutes);

  constructor(init: VisitObserverInit) {
    this.#init = init;
    this.#recent = new RecentPages(init.clock);
  }

  /** True when this client was seen before. */
  knows(client: string): boolean {
    return this.#recent.has(client);
  }

  /**
   * Observes what may be a page view.
   *
   * @param offered Asked when the headers leave: what this client was given by then.
   */
  observePage(visit: Visit, offered: () => readonly string[]): void {
    const { req, res, url, client } = visit;
    if (isRobot(req.headers)) return;
    const from = this.#viewBehind(visit);
    const view = isSpeculative(req.headers)
      ? this.#openAhead({ client, network: visit.network }, url.path, from)
      : this.#recent.open(client, url.path);
    visit.view = view;
    // A guess until the router has run.
    const guess = this.#init.routes.patternOf(url.path);
    if (guess !== undefined) view.pattern = guess;
    ResponseTap.of(res).onHeaders(() => {
      if (isPage(res)) this.#pageCame(visit, view, from, offered);
      else if (isGone(res)) this.#forget(url.path + url.query);
    });
  }

  /**
   * Observes a request that may be for a subresource of a page.
   *
   * @returns Whether it is for something pages are made of.
   */
  observeResource(visit: Visit): boolean {
    const { req, res, url } = visit;
    const kind = kindOf(req, url.path);
    if (kind === undefined || isBrowserIcon(url.path)) return false;
    if (isRobot(req.headers)) return true;
    const view = isSpeculative(req.headers) ? undefined : this.#viewBehind(visit);
    if (view !== undefined && kind === 'style') {
      this.#recent.addStyle(visit.client, url.path, view);
    }
    ResponseTap.of(res).onHeaders(() => this.#resourceCame(visit, view, kind));
    return true;
  }

  #pageCame(
    visit: Visit,
    view: PageView,
    from: PageView | undefined,
    offered: () => readonly string[],
  ): void {
    const { predictor, routes, clock, onPage } = this.#init;
    const { req, res, url, client } = visit;
    const pattern = patternOf(req);
    const isForAnyone = this.#isForAnyone(visit);
    if (pattern === undefined) delete view.pattern;
    else {
      view.pattern = pattern;
      routes.learn(url.path, pattern, client, isForAnyone ? 'anyone' : audienceOf(res));
    }
    // The model names a page made for one user by its route, so its URL is in no hint and no file.
    const isMountKnown = this.#mountPoints.visit(req.baseUrl ?? '', client);
    const key = isForAnyone ? url.path + url.query : isMountKnown ? pattern : undefined;
    if (key === undefined) return;
    const nowMs = clock();
    const thinkMs = nowMs - view.requestedAtMs;
    const page = Object.assign(view, { key, isForAnyone, thinkMs });
    if (this.#mayTime(visit, pattern ?? key)) {
      predictor.observeThinkTime(pattern ?? key, nowMs - (view.turnOverAtMs ?? nowMs));
    }
    if (view.show === undefined) this.#tell(visit, page, from, offered());
    onPage(visit, page, from);
  }

  /** Who hammers a route is timed once a second, so that it does not drown the others. */
  #mayTime({ network, client }: Visit, route: string): boolean {
    const who = network ?? client;
    const nowMs = this.#init.clock();
    const last = this.#lastTimed.use(route, () => ({ who: '', atMs: 0 }));
    if (last.who === who && nowMs - last.atMs < 1000) return false;
    Object.assign(last, { who, atMs: nowMs });
    return true;
  }

  /** A function of its own: what waits for the page to be shown must not hold its request. */
  #openAhead(who: Client, path: string, from: PageView | undefined): PageView {
    const view = this.#recent.openAhead(who.client, path, (latest) =>
      this.#shown(who, view, from ?? latest),
    );
    return view;
  }

  /** A page that was fetched ahead is looked at. */
  #shown(who: Client, view: PageView, from: PageView | undefined): void {
    if (!isTaught(view)) return;
    this.#tell(who, view, from, []);
    this.#init.onShown(view, from);
  }

  #tell(
    { client, network }: Client,
    { key, pattern, isForAnyone }: TaughtView,
    from: PageView | undefined,
    offered: readonly string[],
  ): void {
    // From and to pages of one user leads nobody else.
    const isStep = isForAnyone === true && from?.key !== undefined;
    this.#init.predictor.observePage({
      client,
      page: key,
      offered,
      ...(network !== undefined && { network }),
      ...(pattern !== undefined && { pattern }),
      ...(isStep && { from: from.key }),
      ...(isStep && from.pattern !== undefined && { fromPattern: from.pattern }),
    });
  }

  #resourceCame(visit: Visit, view: PageView | undefined, kind: ResourceKind): void {
    const { predictor, facts, onResource } = this.#init;
    const { req, res, url, client, network } = visit;
    const target = url.path + url.query;
    if (!this.#isForAnyone(visit)) {
      if (isGone(res) || isDeclaredPersonal(factsOf(res))) this.#forget(target);
      return;
    }
    const mode = header(req, 'sec-fetch-mode');
    facts.learn(target, { mode, isFresh: staysFresh(factsOf(res)), who: network ?? client });
    if (view === undefined) return;
    // What was hinted is asked for before the page is known to be one; it teaches nothing anyway.
    if (isTaught(view)) {
      predictor.observeResource({
        client,
        page: view.key,
        resource: target,
        kind,
        ...(view.pattern !== undefined && { pattern: view.pattern }),
      });
    }
    onResource(visit, view);
  }

  #isForAnyone({ req, res, url: { path, query } }: Visit): boolean {
    const { allowQuery, unsafePaths, publicUrls } = this.#init;
    if ((query !== '' && !allowQuery) || isUnsafePath(path, unsafePaths)) return false;
    const facts = factsOf(res);
    return isShareable(req.headers, facts) && publicUrls.judge(path + query, req, facts);
  }

  #forget(target: string): void {
    const { facts, predictor, publicUrls } = this.#init;
    if (!facts.has(target) && !publicUrls.has(target)) return;
    facts.delete(target);
    publicUrls.delete(target);
    predictor.forget(target);
  }

  /**
   * The page a request came from. Pages may forbid the Referer; then it is the latest one, if the
   * browser says that both are of one origin.
   */
  #viewBehind({ req, client }: Visit): PageView | undefined {
    const referer = refererOf(req);
    if (referer !== undefined) return this.#recent.behind(client, referer);
    if (req.headers.referer !== undefined) return undefined;
    if (header(req, 'sec-fetch-site') !== 'same-origin') return undefined;
    return this.#recent.latest(client);
  }
}

function isPage(res: ServerResponse): boolean {
  if (res.statusCode === 304) return true;
  return res.statusCode === 200 && isHtml(res);
}

function audienceOf(res: ServerResponse): Audience {
  return isDeclaredPersonal(factsOf(res)) ? 'one user' : 'unknown';
}

function isGone(res: ServerResponse): boolean {
  return res.statusCode === 404 || res.statusCode === 410;
}

/** Browsers ask for these by themselves; a preload of one is never used. */
function isBrowserIcon(path: string): boolean {
  return /\/(?:favicon|apple-touch-icon)[^/]*$/.test(path);
}

function kindOf(req: RoutedRequest, path: string): ResourceKind | undefined {
  const destination = header(req, 'sec-fetch-dest');
  return destination === undefined ? kindOfPath(path) : kindOfDestination(destination);
}

/** Express's route pattern, once the router has run. */
function patternOf(req: RoutedRequest): string | undefined {
  const path = req.route?.path;
  return typeof path === 'string' ? (req.baseUrl ?? '') + path : undefined;
}

function header(req: RoutedRequest, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
}
