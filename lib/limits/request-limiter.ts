import type { Next } from '../util/middleware';
import { isSpeculative } from '../util/is-speculative';
import type { LimitedRequest, LimitedResponse } from './limited-request';
import { checkSingleCount } from './limiter-checks';
import type { LimiterSettings } from './limiter-settings';
import { RateLimitHeaders, secondsToReset } from './rate-limit-headers';
import type { RateLimitInfo } from './rate-limit-info';
import { refuse } from './refusal';
import { ResponseOutcome } from './response-outcome';
import type { Outcome } from './response-outcome';
import { isPromise, whenReady } from './when-ready';
import type { Eventual } from './when-ready';

/** A request on its way through the limiter. */
interface Passage {
  readonly req: LimitedRequest;
  readonly res: LimitedResponse;
  readonly next: Next;
  /** Watched only where hits may be given back. */
  readonly outcome: ResponseOutcome | undefined;
  readonly nowMs: number;
}

/** Puts before the keys of prefetches and prerenders; no address and no name of a user has it. */
const prefetchMark = 'prefetch\n';

/** Decides on requests: whom they count for, how much, and what is told and given back. */
export class RequestLimiter {
  readonly #settings: LimiterSettings;
  readonly #givesBack: boolean;
  readonly #headers: RateLimitHeaders;

  constructor(settings: LimiterSettings) {
    this.#settings = settings;
    const { draft, hasLegacyHeaders } = settings;
    this.#headers = new RateLimitHeaders({
      draft,
      hasLegacyHeaders,
      windowMs: settings.options.windowMs,
    });
    const { skipFailedRequests, skipSuccessfulRequests } = settings.options;
    this.#givesBack = skipFailedRequests || skipSuccessfulRequests;
  }

  /** @returns Whether the request goes on; otherwise it was answered, or will be by the handler. */
  admit(req: LimitedRequest, res: LimitedResponse, next: Next): Eventual<boolean> {
    const { skip, clock } = this.#settings.options;
    const outcome = this.#givesBack ? new ResponseOutcome(res) : undefined;
    const passage = { req, res, next, outcome, nowMs: clock() };
    if (skip === undefined) return this.#count(passage);
    return whenReady(skip(req, res), (isSkipped) => isSkipped || this.#count(passage));
  }

  #count(passage: Passage): Eventual<boolean> {
    const { req, res } = passage;
    const { keyGenerator, options } = this.#settings;
    const isApart = options.prefetchLimit !== false && isSpeculative(req.headers);
    const name = keyGenerator(req, res);
    // No closure where nothing waits, here and below.
    if (!isPromise(name)) return this.#ask(passage, name, isApart);
    return name.then((ready) => this.#ask(passage, ready, isApart));
  }

  #ask(passage: Passage, name: unknown, isApart: boolean): Eventual<boolean> {
    const { options, limit } = this.#settings;
    const { prefetchLimit, cost } = options;
    const most = isApart && typeof prefetchLimit === 'number' ? prefetchLimit : limit;
    const key = isApart ? prefetchMark + String(name) : String(name);
    if (typeof most === 'number' && typeof cost === 'number') {
      return this.#decide(passage, key, most, cost);
    }
    return whenReady(valueOf(most, passage), (allowed) =>
      whenReady(valueOf(cost, passage), (hits) => this.#decide(passage, key, allowed, hits)),
    );
  }

  #decide(passage: Passage, key: string, limit: number, cost: number): Eventual<boolean> {
    const { counter, store, reports } = this.#settings;
    if (store !== undefined) checkSingleCount(passage.req, store, key, reports);
    let counted: Eventual<RateLimitInfo>;
    try {
      counted = counter.count(key, limit, cost, passage.nowMs);
    } catch (error) {
      return this.#storeFailed(error);
    }
    return isPromise(counted)
      ? this.#finishLater(passage, counted, cost)
      : this.#finish(passage, counted, cost);
  }

  async #finishLater(
    passage: Passage,
    counted: Promise<RateLimitInfo>,
    cost: number,
  ): Promise<boolean> {
    let info: RateLimitInfo;
    try {
      info = await counted;
    } catch (error) {
      return this.#storeFailed(error);
    }
    return this.#finish(passage, info, cost);
  }

  #storeFailed(error: unknown): boolean {
    const { options, reports, store } = this.#settings;
    if (store === undefined || !options.passOnStoreError) throw error;
    reports.failure(
      error,
      'rateLimiter: error from store, allowing request without rate-limiting.',
    );
    return true;
  }

  #finish(passage: Passage, info: RateLimitInfo, cost: number): Eventual<boolean> {
    const { req, outcome } = passage;
    const { options } = this.#settings;
    (req as LimitedRequest & Record<string, unknown>)[options.requestPropertyName] = info;
    outcome?.whenKnown((how) => this.#settle(passage, info, cost, how));
    const isAdmitted = info.used <= info.limit;
    const told = this.#tell(passage, info, isAdmitted);
    if (isAdmitted) return told === undefined ? true : whenReady(told, () => true);
    return whenReady(told, () => whenReady(this.#refuse(passage), () => false));
  }

  /** Sets the headers, unless they have left. */
  #tell({ req, res, nowMs }: Passage, info: RateLimitInfo, isAdmitted: boolean): Eventual<void> {
    const { draft, hasLegacyHeaders, options, store } = this.#settings;
    if (res.headersSent || (draft === undefined && !hasLegacyHeaders)) return;
    const { windowMs, identifier, clock } = options;
    // A store takes a while.
    const resetSeconds = secondsToReset(info, windowMs, store === undefined ? nowMs : clock());
    if (!isAdmitted) res.setHeader('Retry-After', String(resetSeconds));
    if (draft === 'draft-8' && typeof identifier === 'function') {
      return whenReady(identifier(req, res), (name) => {
        this.#headers.set(res, info, resetSeconds, name ?? '');
      });
    }
    this.#headers.set(res, info, resetSeconds, identifier as string | undefined);
  }

  #refuse({ req, res, next }: Passage): Eventual<unknown> {
    const { options } = this.#settings;
    const { handler } = options;
    if (handler === undefined) return refuse(req, res, options);
    return handler(req, res, next, options);
  }

  /** Gives hits back, once it is known how the request ended. */
  #settle(passage: Passage, info: RateLimitInfo, cost: number, outcome: Outcome): void {
    const { options, counter, reports } = this.#settings;
    const { requestWasSuccessful, skipFailedRequests, skipSuccessfulRequests } = options;
    const { req, res, nowMs } = passage;
    const failed = (error: unknown) =>
      reports.failure(error, 'rateLimiter: hits were not given back.');
    try {
      const hasSucceeded =
        outcome === 'answered' &&
        (requestWasSuccessful === undefined
          ? res.statusCode < 400
          : requestWasSuccessful(req, res));
      const done = whenReady(hasSucceeded, (isSuccess): Eventual<void> => {
        const isSkipped = isSuccess ? skipSuccessfulRequests : skipFailedRequests;
        if (isSkipped) return counter.giveBack(info, cost, nowMs);
      });
      if (isPromise(done)) done.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

function valueOf<T>(
  value: T | ((req: LimitedRequest, res: LimitedResponse) => Eventual<T>),
  { req, res }: Passage,
): Eventual<T> {
  // A limit or a cost is never a function itself.
  return typeof value === 'function'
    ? (value as (req: LimitedRequest, res: LimitedResponse) => Eventual<T>)(req, res)
    : value;
}
