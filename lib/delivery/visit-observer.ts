import type { ServerResponse } from 'node:http';
import type { IntelligentPushPredictor } from '../prediction/intelligent-push-predictor';
import { kindOfDestination, kindOfPath } from '../prediction/resource-kind';
import type { ResourceKind } from '../prediction/resource-kind';
import { ResponseTap } from '../response/response-tap';
import { isSpeculative } from '../util/is-speculative';
import type { KnownRoutes } from './known-routes';
import { MountPoints } from './mount-points';
import { type PageView, RecentPages } from './recent-pages';
import { refererOf } from './request-signals';
import type { LocalUrl, RoutedRequest } from './request-signals';
import type { ResourceFacts } from './resource-facts';
import { isHtml, isShareable, staysFresh, type ResponseFacts } from './shareable-response';
import { isUnsafePath } from './unsafe-paths';

/** What an observer needs of the model. */
export type VisitLearner = Pick<
  IntelligentPushPredictor,
  'observePage' | 'observeResource' | 'observeThinkTime' | 'forget'
>;

export interface VisitObserverInit {
  readonly predictor: VisitLearner;
  readonly routes: KnownRoutes;
  readonly facts: ResourceFacts;
  /** The time, in milliseconds, from any start. */
  readonly clock: () => number;
  readonly unsafePaths: readonly (string | RegExp)[];
  readonly allowQuery: boolean;
  /** A page's subresource was just taught. */
  readonly onTaught: (view: TaughtView, target: string) => void;
}

/** A view that turned out to be a page. */
export type TaughtView = PageView & { readonly key: string };

/** One request with what is already known of it. */
export interface Visit {
  readonly req: RoutedRequest;
  readonly res: ServerResponse;
  readonly url: LocalUrl;
  readonly client: string;
}

/**
 * Turns requests and their answers into observations.
 *
 * A page view counts when a page came out (200 or 304, HTML). A subresource counts for the page
 * its Referer leads to. Only what anyone may have becomes a target: see {@link isShareable} and
 * {@link isUnsafePath}. Speculative requests count for nothing (promise 5): nobody saw that page.
 *
 * Resources that a view was given teach nothing about it, whether they are asked for or not: they
 * are reported with the view as `offered`, which leaves their chances as they are. So that chances
 * can still fall, one view in sixteen is given nothing learned (see `ServerPushManager`).
 */
export class VisitObserver {
  readonly #init: VisitObserverInit;
  readonly #recent = new RecentPages();
  readonly #mountPoints = new MountPoints();

  constructor(init: VisitObserverInit) {
    this.#init = init;
  }

  /**
   * Observes what may be a page view.
   *
   * @param offered Asked when the headers leave: what this client was given by then.
   */
  observePage(visit: Visit, offered: () => readonly string[]): void {
    const { req, res, url, client } = visit;
    if (isSpeculative(req.headers)) return;
    const from = this.#viewBehind(visit);
    const view = this.#recent.open(client, url.path, this.#init.clock());
    ResponseTap.of(res).onHeaders(() => {
      if (isPage(res)) this.#pageCame(visit, view, from, offered());
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
    const view = isSpeculative(req.headers) ? undefined : this.#viewBehind(visit);
    if (view === undefined) return true;
    if (kind === 'style') this.#recent.addStyle(visit.client, url.path, view);
    ResponseTap.of(res).onHeaders(() => this.#resourceCame(visit, view, kind));
    return true;
  }

  #pageCame(
    { req, res, url, client }: Visit,
    view: PageView,
    from: PageView | undefined,
    offered: readonly string[],
  ): void {
    const { predictor, routes, clock } = this.#init;
    const pattern = patternOf(req);
    const isForAnyone = this.#isTarget(url) && isShareable(req.headers, factsOf(res));
    // The model names a page made for one user by its route, so its URL is in no hint and no file.
    const isMountKnown = this.#mountPoints.visit(req.baseUrl ?? '', client);
    const key = isForAnyone ? url.path + url.query : isMountKnown ? pattern : undefined;
    if (key === undefined) return;
    view.key = key;
    if (pattern !== undefined) {
      view.pattern = pattern;
      routes.learn(url.path, pattern);
    }
    predictor.observeThinkTime(pattern ?? key, clock() - view.requestedAtMs);
    const isStep = isForAnyone && from?.key !== undefined;
    predictor.observePage({
      client,
      page: key,
      offered,
      ...(pattern !== undefined && { pattern }),
      ...(isStep && { from: from.key }),
      ...(isStep && from.pattern !== undefined && { fromPattern: from.pattern }),
    });
  }

  #resourceCame({ req, res, url, client }: Visit, view: PageView, kind: ResourceKind): void {
    const { predictor, facts, onTaught } = this.#init;
    const target = url.path + url.query;
    if (!this.#isTarget(url) || !isShareable(req.headers, factsOf(res))) {
      if (facts.has(target) && isGoneOrPersonal(res)) {
        facts.delete(target);
        predictor.forget(target);
      }
      return;
    }
    facts.learn(target, header(req, 'sec-fetch-mode'), staysFresh(factsOf(res)));
    const { key, pattern } = view;
    if (key === undefined) return;
    predictor.observeResource({
      client,
      page: key,
      resource: target,
      kind,
      ...(pattern !== undefined && { pattern }),
    });
    onTaught({ ...view, key }, target);
  }

  #isTarget({ path, query }: LocalUrl): boolean {
    const { allowQuery, unsafePaths } = this.#init;
    return (query === '' || allowQuery) && !isUnsafePath(path, unsafePaths);
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
    return this.#recent.latest(client, this.#init.clock());
  }
}

function isPage(res: ServerResponse): boolean {
  if (res.statusCode === 304) return true;
  return res.statusCode === 200 && isHtml(res);
}

/** Refusals and server errors say something of the moment or of the client, not of the resource. */
function isGoneOrPersonal(res: ServerResponse): boolean {
  if (res.statusCode === 404 || res.statusCode === 410) return true;
  if (res.statusCode !== 200 && res.statusCode !== 304) return false;
  return /\b(?:private|no-store)\b/i.test(String(res.getHeader('cache-control') ?? ''));
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

function factsOf(res: ServerResponse): ResponseFacts {
  return { status: res.statusCode, header: (name) => res.getHeader(name) };
}

function header(req: RoutedRequest, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
}
