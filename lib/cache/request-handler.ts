import type { IncomingMessage, ServerResponse } from 'node:http';
import { isResponseGone } from '../buffers/is-response-gone';
import { reportFailure } from '../util/diagnostics';
import type { Next } from '../util/middleware';
import type { CacheCounter } from './cache-stats';
import type { CacheRuntime } from './cache-runtime';
import type { Flight, Outcome } from './flight';
import type { FlightTable } from './flight-table';
import { requestKey, type RequestKey } from './request-key';
import type { CaptureInit } from './response-capture';
import type { ResponseStore } from './response-store';
import type { Assignment, Revalidations } from './revalidations';
import {
  asksForLess,
  hasCredentials,
  hasDirectives,
  hasPreconditions,
  isNoStore,
  isOnlyIfCached,
} from './request-directives';
import { addCacheStatus, sendStored } from './send-stored';
import type { StoredResponse } from './stored-response';

/** What the handler works with. */
export interface HandlerInit {
  readonly store: ResponseStore;
  readonly flights: FlightTable;
  readonly revalidations: Revalidations;
  readonly runtime: CacheRuntime;
  readonly maxWaitMs: number;
  readonly hasStatus: boolean;
  readonly counters: Record<CacheCounter, number>;
  /** Watches a response, so that it is stored if it may be. */
  capture(req: IncomingMessage, res: ServerResponse, init: CaptureInit): void;
}

/** One request, on its way through the cache. */
interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly next: Next;
  readonly key: RequestKey;
  /** Until when it may wait; there once it waits. */
  untilMs?: number;
  /** Whether `next` was called. */
  isForwarded?: true;
}

/** How a request goes to the app. */
interface Forwarding {
  readonly reason: Reason;
  /** Others wait for it. */
  readonly flight?: Flight | undefined;
}

/** Why the app is asked, in the words of RFC 9211. */
type Reason = 'uri-miss' | 'vary-miss' | 'stale' | 'request';

/** Decides for each `GET` and `HEAD` whether it is answered from the store, waits, or goes to the app. */
export class RequestHandler {
  readonly #init: HandlerInit;

  constructor(init: HandlerInit) {
    this.#init = init;
  }

  /** Answers, or calls `next`, now or later. */
  handle(req: IncomingMessage, res: ServerResponse, next: Next): void {
    const { headers } = req;
    const key = requestKey(req, headers);
    if (key === undefined || hasPreconditions(headers)) {
      this.#bypass({ res, next });
      return;
    }
    const { store, runtime } = this.#init;
    const exchange: Exchange = { req, res, next, key };
    try {
      const stored = store.find(key, headers);
      if (stored?.mayAnswer(headers) !== true) {
        this.#miss(exchange, stored === undefined ? store.missReason(key) : 'request');
        return;
      }
      const nowMs = runtime.clock();
      if (stored.isOutdone(nowMs)) this.#miss(exchange, 'stale');
      else if (!hasDirectives(headers) && stored.isFresh(nowMs)) this.#hit(exchange, stored, nowMs);
      else this.#weigh(exchange, stored, nowMs);
    } catch (error) {
      this.#fail(exchange, error);
    }
  }

  /** One of our own requests, come by the way of all others. */
  fulfil(req: IncomingMessage, res: ServerResponse, next: Next, assignment: Assignment): void {
    const { stored, flight } = assignment;
    const key = requestKey(req);
    // Middleware that rewrote the URL sees another client in it.
    if (key?.scope !== stored.request.scope || key.url !== stored.request.url) {
      flight.settle('failed');
    } else {
      const flightKey = this.#init.store.keyOf(key, req.headers);
      this.#init.capture(req, res, { key, flightKey, flight, stale: stored });
    }
    next();
  }

  #hit({ req, res }: Exchange, stored: StoredResponse, nowMs: number, how?: string): void {
    const { counters, hasStatus } = this.#init;
    const forwarded = how === undefined ? undefined : `headstart; ${how}`;
    const status = hasStatus ? (forwarded ?? stored.hitStatus(nowMs)) : undefined;
    counters.hits++;
    const sent = sendStored(req, res, stored, { nowMs, status });
    if (sent === 304) counters.notModified++;
    if (!stored.isFresh(nowMs)) counters.stale++;
  }

  /** A stored response that is stale, or a client with wishes of its own. */
  #weigh(exchange: Exchange, stored: StoredResponse, nowMs: number): void {
    const { headers } = exchange.req;
    const use = stored.useFor(headers, nowMs);
    if (use !== 'no') {
      this.#hit(exchange, stored, nowMs);
      if (use === 'stale-while-revalidate') this.#startPass(exchange, stored);
      return;
    }
    const reason = stored.isFresh(nowMs) ? 'request' : 'stale';
    const isOwn = isOnlyIfCached(headers) || isNoStore(headers) || !isWorthAsking(stored);
    if (isOwn) this.#miss(exchange, reason);
    else this.#revalidate(exchange, stored, reason);
  }

  #startPass({ req }: Exchange, stored: StoredResponse): Flight | undefined {
    const { revalidations, counters } = this.#init;
    const isRunning = revalidations.isRunning(stored);
    const flight = revalidations.start(stored, req);
    if (flight !== undefined && !isRunning) counters.revalidations++;
    return flight;
  }

  /** The client waits until the app has said whether the stored response is still good. */
  #revalidate(exchange: Exchange, stored: StoredResponse, reason: Reason): void {
    const isFirst = !this.#init.revalidations.isRunning(stored);
    // It may be replaced or evicted meanwhile.
    const body = stored.body.retain();
    const flight = this.#startPass(exchange, stored);
    if (flight === undefined) {
      body.release();
      this.#miss(exchange, reason);
      return;
    }
    const answer = (outcome: Outcome): void => {
      const found = outcome === 'stored' ? this.#find(exchange) : undefined;
      const nowMs = this.#init.runtime.clock();
      if (found !== undefined) {
        const status = found.body === body ? 304 : found.status;
        const how = `fwd=${reason}; fwd-status=${status}${isFirst ? '' : '; collapsed'}`;
        this.#hit(exchange, found, nowMs, how);
      } else if (isFailure(outcome) && reason === 'stale' && stored.mayReplaceErrors()) {
        this.#hit(exchange, stored, nowMs);
      } else {
        // Otherwise the app would be asked twice for every client.
        if (reason === 'stale') this.#init.store.delete(stored);
        this.#forward(exchange, { reason });
      }
    };
    this.#wait(exchange, flight, answer, () => body.release());
  }

  /** Nothing is stored that may be sent. */
  #miss(exchange: Exchange, reason: Reason): void {
    const { req, res } = exchange;
    const { headers } = req;
    if (isOnlyIfCached(headers)) {
      // RFC 9111 section 5.2.1.7.
      res.statusCode = 504;
      res.end();
      return;
    }
    if (req.method === 'HEAD' || isNoStore(headers)) {
      this.#bypass(exchange);
      return;
    }
    const { flights, maxWaitMs } = this.#init;
    const flightKey = this.#flightKey(exchange);
    const flight = maxWaitMs === 0 ? undefined : flights.get(flightKey);
    // What comes back for a part, or for who has it already, is of no use to others.
    const isAlone = asksForLess(headers) || flights.isPassed(flightKey);
    if (flight !== undefined && !flights.isPassed(flightKey)) {
      this.#wait(exchange, flight, (outcome) => {
        // Who comes after this one need not wait as long.
        if (outcome === 'late') flights.note(flightKey, false);
        this.#landed(exchange, outcome, reason);
      });
    } else {
      this.#forward(exchange, { reason, flight: isAlone ? undefined : flights.start(flightKey) });
    }
  }

  /** The response that was waited for is there, or will never be. */
  #landed(exchange: Exchange, outcome: Outcome, reason: Reason): void {
    const { runtime, counters } = this.#init;
    const found = outcome === 'stored' ? this.#find(exchange) : undefined;
    if (found !== undefined) {
      counters.collapsed++;
      this.#hit(exchange, found, runtime.clock(), `fwd=${reason}; collapsed`);
    } else if (outcome === 'aborted' || outcome === 'stored') this.#miss(exchange, reason);
    else this.#forward(exchange, { reason });
  }

  /**
   * Waits for others, all in all no longer than allowed.
   *
   * @param onSettled Called unless the client has left meanwhile.
   * @param letGo Called in any case, afterwards.
   */
  #wait(
    exchange: Exchange,
    flight: Flight,
    onSettled: (outcome: Outcome) => void,
    letGo: () => void = ignore,
  ): void {
    const { flights, runtime, maxWaitMs } = this.#init;
    exchange.untilMs ??= runtime.clock() + maxWaitMs;
    flights.wait(flight, exchange.untilMs, (outcome) => {
      try {
        if (!isResponseGone(exchange.res)) onSettled(outcome);
      } catch (error) {
        this.#fail(exchange, error);
      } finally {
        letGo();
      }
    });
  }

  #find({ req, key }: Exchange): StoredResponse | undefined {
    const found = this.#init.store.find(key, req.headers);
    return found?.mayAnswer(req.headers) === true ? found : undefined;
  }

  #forward(exchange: Exchange, { reason, flight }: Forwarding): void {
    const { req, res, key } = exchange;
    const { hasStatus, counters, capture } = this.#init;
    counters.misses++;
    const status = hasStatus ? `headstart; fwd=${reason}` : undefined;
    capture(req, res, { key, flightKey: this.#flightKey(exchange), flight, status });
    exchange.isForwarded = true;
    exchange.next();
  }

  #bypass(exchange: Pick<Exchange, 'res' | 'next' | 'isForwarded'>): void {
    const { hasStatus, counters } = this.#init;
    counters.bypassed++;
    if (hasStatus) addCacheStatus(exchange.res, 'headstart; fwd=bypass');
    exchange.isForwarded = true;
    exchange.next();
  }

  /** Who brings cookies may get another answer, so others do not wait for it. */
  #flightKey({ req, key }: Exchange): string {
    const known = this.#init.store.keyOf(key, req.headers);
    return hasCredentials(req.headers) ? `${known}\n!` : known;
  }

  /** A cache that fails keeps no request from the app. */
  #fail(exchange: Exchange, error: unknown): void {
    if (exchange.isForwarded === true || exchange.res.headersSent) throw error;
    reportFailure('responseCache', error);
    exchange.isForwarded = true;
    exchange.next();
  }
}

/** Without a validator the app could only send everything again. */
function isWorthAsking(stored: StoredResponse): boolean {
  const { etag, lastModified } = stored;
  return etag !== undefined || lastModified !== undefined || stored.mayReplaceErrors();
}

function isFailure(outcome: Outcome): boolean {
  return outcome === 'failed' || outcome === 'late';
}

function ignore(): void {}
