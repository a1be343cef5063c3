import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CommonPushRules } from '../prediction/common-push-rules';
import { IntelligentPushPredictor } from '../prediction/intelligent-push-predictor';
import { BoundedMap } from '../util/bounded-map';
import { isInternal } from '../util/internal-request';
import { kDelivery } from '../util/own-delivery';
import { parseOptions } from '../util/options';
import { watchBody } from './evidence/body-watch';
import { KnownRoutes } from './evidence/known-routes';
import { inDetail, KnownNeeds } from './evidence/known-needs';
import { PageReader } from './evidence/page-reader';
import type { PageView } from './evidence/recent-pages';
import { ResourceFacts } from './evidence/resource-facts';
import { ScannedPages } from './evidence/scanned-pages';
import { type TaughtView, type Visit, VisitObserver } from './evidence/visit-observer';
import { type ClientIdentity, clientIdentity } from './judgement/client-identity';
import { connectionOf, GivenResources } from './judgement/given-resources';
import { PublicUrls } from './judgement/public-urls';
import { isPageRequest, mayShowPage, urlOf } from './judgement/request-signals';
import type { RoutedRequest } from './judgement/request-signals';
import { http2StreamOf } from './means/http2-stream';
import { isPushed, PushPromiser } from './means/push-promise';
import { type Delivered, type DeliveryInit, PageDelivery } from './page-delivery';
import type { PushPredictor, ServerPushOptions } from './server-push-options';
import { serverPushRules } from './server-push-options';
import type { NextPages, SpeculativeAction } from './speculation/rule-set';
import { Speculator, type SpeculatorInit } from './speculation/speculator';
import { DeliveryLedger, type DeliveryStats } from './statistics/delivery-ledger';

/** From now on visitors of a page are told of a resource. */
export interface Learned {
  /** Route pattern of the page, or its path if it has none. */
  readonly page: string;
  readonly target: string;
  /** Distinct clients that needed it, counted up to `minClients`. */
  readonly clients: number;
}

export interface ServerPushEvents {
  delivered: [Delivered];
  learned: [Learned];
}

/** Where a manager takes time and chance from. */
export interface ManagerRuntime {
  /** The time, in milliseconds, from any start. */
  readonly clock: () => number;
  /** From 0, inclusive, to 1. */
  readonly random: () => number;
}

/**
 * Views that are given nothing learned, so that a resource nobody needs any more can be noticed:
 * one in 16 loses at most a sixteenth of the gain.
 */
const controlShare = 1 / 16;

const maxAnnounced = 2000;

/** A request tells all managers what was begun for it, so that `push()` finds what `serverPush()` began. */
type DeliveredRequest = IncomingMessage & { [kDelivery]?: PageDelivery };

/**
 * Decides what a page request is given before it asks (rules first, then what was found out), gives
 * it by the best means its client has, and learns from every request.
 *
 * Emits `delivered` for what a page was given and `learned` when a resource begins to be given.
 */
export class ServerPushManager extends EventEmitter<ServerPushEvents> {
  readonly #predictor: PushPredictor;
  readonly #rules: CommonPushRules;
  readonly #runtime: ManagerRuntime;
  readonly #isSending: boolean;
  readonly #clientOf: ClientIdentity;
  readonly #observer: VisitObserver;
  readonly #delivery: DeliveryInit;
  readonly #speculator: Speculator | undefined;
  readonly #needs: KnownNeeds;
  readonly #reader: PageReader;
  readonly #ledger: DeliveryLedger;
  readonly #given = new GivenResources();
  readonly #routes: KnownRoutes;
  readonly #facts = new ResourceFacts();
  readonly #announced = new BoundedMap<true>(maxAnnounced);

  constructor(options?: ServerPushOptions, runtime?: Partial<ManagerRuntime>) {
    super();
    const given = parseOptions('serverPush', options, serverPushRules);
    this.#runtime = { clock: () => performance.now(), random: Math.random, ...runtime };
    const { clock, random } = this.#runtime;
    const { minClients } = given;
    const predictor = given.predictor ?? newPredictor(given, clock);
    const facts = this.#facts;
    const routes = new KnownRoutes(minClients);
    const publicUrls = new PublicUrls();
    const scanned = new ScannedPages(minClients);
    this.#predictor = predictor;
    this.#routes = routes;
    this.#isSending = given.mode === 'deliver';
    this.#rules = new CommonPushRules(given.rules);
    this.#clientOf = clientIdentity(given.clientId);
    this.#reader = new PageReader(given.scanHtml ? scanned : undefined);
    this.#ledger = new DeliveryLedger(clock);
    this.#needs = new KnownNeeds({ ...given, predictor, facts, scanned });
    const promiser = new PushPromiser({
      ...given,
      facts,
      onPushed: ({ view }, ...outcome) => view && this.#ledger.pushed(view, ...outcome),
    });
    this.#delivery = {
      ...given,
      given: this.#given,
      facts,
      promiser: given.push ? promiser : undefined,
      isSending: this.#isSending,
      onDelivered: (visit, delivered) => this.#delivered(visit, delivered),
    };
    this.#speculator =
      given.speculation === 'off'
        ? undefined
        : this.#speculating(given, given.speculation, { predictor, routes, publicUrls, random });
    this.#observer = new VisitObserver({
      predictor,
      routes,
      facts,
      publicUrls,
      clock,
      unsafePaths: given.unsafePaths,
      allowQuery: given.allowQuery,
      onPage: (visit, view, from) => this.#pageCame(visit, view, from),
      onShown: (view, from) => this.#pageShown(view, from),
      onResource: (visit, view) => this.#resourceCame(visit, view),
    });
  }

  #speculating(
    given: Required<ServerPushOptions>,
    action: SpeculativeAction,
    shared: Pick<SpeculatorInit, 'predictor' | 'routes' | 'publicUrls' | 'random'>,
  ): Speculator {
    return new Speculator({
      ...given,
      ...shared,
      action,
      facts: this.#facts,
      needs: this.#needs,
      given: this.#given,
      minConfidence: given.minPageConfidence,
      isSending: this.#isSending,
      onGiven: (visit, pages) => this.#rulesGiven(visit, pages),
      onLinked: (view, targets) => this.#nextLinked(view, targets),
    });
  }

  /** The model this manager learns into. */
  get predictor(): PushPredictor {
    return this.#predictor;
  }

  /** What was given, and what came of it. */
  get stats(): DeliveryStats {
    return this.#ledger.stats;
  }

  /**
   * Handles a request as it comes in, before the app does.
   *
   * @returns Whether it is answered: it was for speculation rules.
   */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    if (req.method !== 'GET') return false;
    const visit = this.#visitOf(req, res);
    if (visit === undefined) return false;
    const { path, query } = visit.url;
    if (this.#speculator?.answer(req, res, path, query) === true) return true;
    const delivery = mayShowPage(req) ? this.#begin(visit) : undefined;
    if (isPageRequest(req)) {
      const isKnown = this.#observer.knows(visit.client);
      this.#speculator?.pageAsked(req, res);
      this.#reader.watch(visit);
      this.#observer.observePage(visit, () => delivery?.offered ?? []);
      this.#give(visit, delivery, isKnown);
    } else {
      if (this.#observer.observeResource(visit)) this.#watchResource(visit);
      delivery?.give(this.#rules.match(path, req));
    }
    return false;
  }

  /**
   * The delivery of a page request: that of the first manager that saw the request, or one of this
   * manager's own. `undefined` for requests that show no page.
   */
  deliveryFor(req: IncomingMessage, res: ServerResponse): PageDelivery | undefined {
    const begun = (req as DeliveredRequest)[kDelivery];
    if (begun !== undefined || !mayShowPage(req)) return begun;
    const visit = this.#visitOf(req, res);
    return visit === undefined ? undefined : this.#begin(visit);
  }

  /** `undefined` for what a client did not ask for: a push must not lead to another. */
  #visitOf(req: RoutedRequest, res: ServerResponse): Visit | undefined {
    const url = urlOf(req);
    if (url === undefined || isInternal(req) || isPushed(http2StreamOf(res))) return undefined;
    return { req, res, url, ...this.#clientOf(req) };
  }

  #watchResource(visit: Visit): void {
    const { req, res, url, client } = visit;
    const target = url.path + url.query;
    if (this.#facts.bytesOf(target) === undefined) visit.body = watchBody(res, () => 0);
    if (this.#isSending) this.#given.add(connectionOf(req, res), client, target);
  }

  #begin(visit: Visit): PageDelivery {
    const { path } = visit.url;
    const thinkMs = this.#predictor.thinkTimeMs(this.#routes.patternOf(path) ?? path);
    const delivery = new PageDelivery(this.#delivery, visit, thinkMs);
    (visit.req as DeliveredRequest)[kDelivery] = delivery;
    return delivery;
  }

  /** @param isKnown Whether the client was seen before; then what it keeps counts. */
  #give(visit: Visit, delivery: PageDelivery | undefined, isKnown: boolean): void {
    if (delivery?.isOpen !== true) return;
    const { url, client, view } = visit;
    const pattern = this.#routes.patternOf(url.path);
    const isBlind = this.#runtime.random() < controlShare;
    const needs = this.#needs.urgentOf(url.path, pattern, isKnown ? client : undefined);
    const byHand = this.#rules.match(url.path, visit.req);
    delivery.give(inDetail(byHand, needs), isBlind ? [] : needs, (one) =>
      this.#needs.isLate(url.path, pattern, one),
    );
    if (!isBlind || view === undefined) return;
    const targets = needs.map(({ url: target }) => target);
    this.#ledger.withheld(view, targets);
  }

  #delivered({ view }: Visit, delivered: Delivered): void {
    const { means, targets, isSent } = delivered;
    if (view !== undefined && isSent) this.#ledger.given(view, means, targets);
    if (view !== undefined && !isSent) this.#ledger.withheld(view, targets);
    this.emit('delivered', delivered);
  }

  #rulesGiven({ url }: Visit, { now, soon, routes }: NextPages): void {
    const targets = [...now, ...soon, ...routes];
    const means = 'speculation-rules';
    this.emit('delivered', { page: url.path, means, targets, isSent: this.#isSending });
  }

  #nextLinked(view: PageView, targets: readonly string[]): void {
    const isSent = this.#isSending;
    if (isSent) {
      const sizes = targets.map((one): [string, number] => [one, this.#facts.bytesOf(one) ?? 0]);
      this.#ledger.linkedNext(view, new Map(sizes));
    }
    this.emit('delivered', { page: view.path, means: 'prefetch-link', targets, isSent });
  }

  #pageCame(visit: Visit, view: TaughtView, from: PageView | undefined): void {
    this.#ledger.answered(view);
    if (view.show === undefined) this.#followed(from, view);
    this.#speculator?.pageCame(visit, view);
    const isAhead = view.show !== undefined;
    this.#reader.pageCame(visit, view, (bytes) => {
      if (isAhead) this.#ledger.fetchedAhead(view, bytes);
    });
  }

  #pageShown(view: TaughtView, from: PageView | undefined): void {
    this.#followed(from, view);
    this.#speculator?.shown(view);
    this.#ledger.shown(view);
  }

  /** A visitor went on: what was fetched ahead for the page is used now. */
  #followed(from: PageView | undefined, { path, pattern }: TaughtView): void {
    if (from === undefined) return;
    this.#ledger.followed(from, () =>
      this.#needs.of(path, pattern, undefined, Infinity).map(({ url }) => url),
    );
  }

  #resourceCame({ url, res, body }: Visit, view: PageView): void {
    const target = url.path + url.query;
    this.#ledger.asked(view, target, this.#facts.bytesOf(target) ?? 0);
    if (body !== undefined) {
      body.onSeen = ({ bytes, isComplete }) => {
        if (isComplete && res.statusCode === 200) this.#facts.learnSize(target, bytes);
      };
    }
    this.#announce(view, target);
  }

  #announce({ key: path, pattern }: PageView, target: string): void {
    if (path === undefined || this.listenerCount('learned') === 0) return;
    const page = pattern ?? path;
    const key = `${page} ${target}`;
    if (this.#announced.peek(key) !== undefined) return;
    const prediction = this.#predictor
      .predictResources(path, pattern, Infinity)
      .find((one) => one.target === target);
    if (prediction === undefined) return;
    this.#announced.use(key, () => true as const);
    this.emit('learned', { page, target, clients: prediction.clients });
  }
}

/** It knows one least confidence; here pages and resources have each their own. */
function newPredictor(
  { minClients, minConfidence, minPageConfidence }: Required<ServerPushOptions>,
  clock: () => number,
): PushPredictor {
  const least = Math.min(minConfidence, minPageConfidence);
  return new IntelligentPushPredictor({ minClients, minConfidence: least, clock });
}
