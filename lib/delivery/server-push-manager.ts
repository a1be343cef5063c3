import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CommonPushRules } from '../prediction/common-push-rules';
import { IntelligentPushPredictor } from '../prediction/intelligent-push-predictor';
import type { PushResource } from '../prediction/push-rule';
import { BoundedMap } from '../util/bounded-map';
import { parseOptions } from '../util/options';
import { type ClientIdentity, clientIdentity } from './judgement/client-identity';
import { connectionOf, GivenResources } from './judgement/given-resources';
import { http2StreamOf } from './means/http2-stream';
import { KnownRoutes } from './evidence/known-routes';
import { type Delivered, type DeliveryInit, PageDelivery } from './page-delivery';
import { isPushed, PushPromiser } from './means/push-promise';
import { isPageRequest, mayShowPage, urlOf } from './judgement/request-signals';
import type { RoutedRequest } from './judgement/request-signals';
import { ResourceFacts } from './evidence/resource-facts';
import type { PushPredictor, ServerPushOptions } from './server-push-options';
import { serverPushRules } from './server-push-options';
import { type TaughtView, type Visit, VisitObserver } from './evidence/visit-observer';

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

/** Shared by all managers, so that `push()` finds what `serverPush()` began. */
const deliveries = new WeakMap<IncomingMessage, PageDelivery>();

/**
 * Decides what a page request is given before it asks (rules first, then what was learned), gives
 * it by the best means its client has, and learns from every request.
 *
 * Emits `delivered` for what a page was given and `learned` when a resource begins to be given.
 */
export class ServerPushManager extends EventEmitter<ServerPushEvents> {
  readonly #predictor: PushPredictor;
  readonly #rules: CommonPushRules;
  readonly #maxLinks: number;
  readonly #runtime: ManagerRuntime;
  readonly #clientOf: ClientIdentity;
  readonly #observer: VisitObserver;
  readonly #delivery: DeliveryInit;
  readonly #given = new GivenResources();
  readonly #routes = new KnownRoutes();
  readonly #facts = new ResourceFacts();
  readonly #announced = new BoundedMap<true>(maxAnnounced);

  constructor(options?: ServerPushOptions, runtime?: Partial<ManagerRuntime>) {
    super();
    const given = parseOptions('serverPush', options, serverPushRules);
    this.#runtime = { clock: () => performance.now(), random: Math.random, ...runtime };
    const { clock } = this.#runtime;
    const { rules, minClients, minConfidence, unsafePaths, allowQuery } = given;
    this.#predictor =
      given.predictor ?? new IntelligentPushPredictor({ minClients, minConfidence, clock });
    this.#rules = new CommonPushRules(rules);
    this.#maxLinks = given.maxLinks;
    this.#clientOf = clientIdentity(given.clientId);
    this.#delivery = {
      given: this.#given,
      facts: this.#facts,
      promiser: given.push ? new PushPromiser(given.maxConcurrentPushes) : undefined,
      earlyHints: given.earlyHints,
      preloadLinks: given.preloadLinks,
      maxLinks: given.maxLinks,
      minThinkMs: given.minThinkMs,
      onDelivered: (delivered) => this.emit('delivered', delivered),
    };
    this.#observer = new VisitObserver({
      predictor: this.#predictor,
      routes: this.#routes,
      facts: this.#facts,
      clock,
      unsafePaths,
      allowQuery,
      onTaught: (view, target) => this.#announce(view, target),
    });
  }

  /** The model this manager learns into. */
  get predictor(): PushPredictor {
    return this.#predictor;
  }

  /** Handles a request as it comes in, before the app does. */
  handle(req: IncomingMessage, res: ServerResponse): void {
    if (req.method !== 'GET') return;
    const visit = this.#visitOf(req, res);
    if (visit === undefined) return;
    const delivery = mayShowPage(req) ? this.#begin(visit) : undefined;
    if (isPageRequest(req)) this.#observer.observePage(visit, () => delivery?.offered ?? []);
    else if (this.#observer.observeResource(visit)) {
      this.#given.add(connectionOf(req, res), visit.client, visit.url.path + visit.url.query);
    }
    delivery?.give(this.#rules.match(visit.url.path), this.#learnedFor(visit));
  }

  /**
   * The delivery of a page request: that of the first manager that saw the request, or one of this
   * manager's own. `undefined` for requests that show no page.
   */
  deliveryFor(req: IncomingMessage, res: ServerResponse): PageDelivery | undefined {
    const begun = deliveries.get(req);
    if (begun !== undefined || !mayShowPage(req)) return begun;
    const visit = this.#visitOf(req, res);
    return visit === undefined ? undefined : this.#begin(visit);
  }

  /** `undefined` for what a client did not ask for: a push must not lead to another. */
  #visitOf(req: RoutedRequest, res: ServerResponse): Visit | undefined {
    const url = urlOf(req);
    if (url === undefined || isPushed(http2StreamOf(res))) return undefined;
    return { req, res, url, client: this.#clientOf(req) };
  }

  #begin(visit: Visit): PageDelivery {
    const { path } = visit.url;
    const thinkMs = this.#predictor.thinkTimeMs(this.#routes.patternOf(path) ?? path);
    const delivery = new PageDelivery(this.#delivery, visit, thinkMs);
    deliveries.set(visit.req, delivery);
    return delivery;
  }

  #learnedFor({ req, url }: Visit): readonly PushResource[] {
    if (!isPageRequest(req) || this.#runtime.random() < controlShare) return [];
    return this.#predictor
      .predictResources(url.path, this.#routes.patternOf(url.path), this.#maxLinks)
      .flatMap((prediction) => this.#facts.toResource(prediction) ?? []);
  }

  #announce(view: TaughtView, target: string): void {
    if (this.listenerCount('learned') === 0) return;
    const page = view.pattern ?? view.key;
    const key = `${page} ${target}`;
    if (this.#announced.peek(key) !== undefined) return;
    const prediction = this.#predictor
      .predictResources(view.key, view.pattern, Infinity)
      .find((one) => one.target === target);
    if (prediction === undefined) return;
    this.#announced.use(key, () => true as const);
    this.emit('learned', { page, target, clients: prediction.clients });
  }
}
