import { parseOptions } from '../util/options';
import { ClientAddress } from './client-address';
import type { HitCounter } from './hit-counter';
import { checkOptions } from './limiter-checks';
import { limiterRules } from './limiter-options';
import type { RateLimiterOptions } from './limiter-options';
import { LimiterReports } from './limiter-reports';
import { LocalCounter } from './local-counter';
import type { HeaderDraft } from './rate-limit-headers';
import { modernStore } from './rate-limit-store';
import type { RateLimitStore } from './rate-limit-store';
import { RateLimits } from './rate-limits';
import { StoreCounter } from './store-counter';
import { isPromise } from './when-ready';

type Parsed = Required<RateLimiterOptions>;

/** Options that say how this process counts. */
const countingOptions = ['algorithm', 'burst', 'cost', 'penaltyMs', 'maxKeys'] as const;

/** The options of a limiter, checked, completed and made into its parts. */
export class LimiterSettings {
  /** As handlers and stores see them. */
  readonly options: Parsed;
  readonly limit: NonNullable<Parsed['limit']>;
  readonly draft: HeaderDraft | undefined;
  readonly hasLegacyHeaders: boolean;
  readonly reports: LimiterReports;
  readonly store: RateLimitStore | undefined;
  readonly limits: RateLimits | undefined;
  readonly counter: HitCounter;
  readonly keyGenerator: NonNullable<Parsed['keyGenerator']>;

  constructor(given: RateLimiterOptions | undefined) {
    const parsed = parseOptions<RateLimiterOptions>('rateLimiter', given, limiterRules);
    this.limit = given?.limit ?? parsed.max ?? parsed.limit;
    this.options = { ...parsed, limit: this.limit };
    this.hasLegacyHeaders = given?.legacyHeaders ?? parsed.headers ?? parsed.legacyHeaders;
    this.draft = draftOf(parsed.standardHeaders);
    this.reports = new LimiterReports(parsed);
    const address = new ClientAddress(parsed.ipv6Subnet, this.reports);
    this.keyGenerator = parsed.keyGenerator ?? ((req, res) => address.keyOf(req, res));
    if (parsed.store === undefined) {
      this.limits = localLimits(this.options);
      this.counter = new LocalCounter(this.limits);
    } else {
      refuseCounting(given);
      this.store = modernStore(parsed.store);
      this.counter = new StoreCounter(this.store, parsed.clock, this.reports);
      this.#start(this.store);
    }
    checkOptions(given, this.store, this.reports);
  }

  /** A store that cannot start shows it again when it counts. */
  #start(store: RateLimitStore): void {
    const failed = (error: unknown) =>
      this.reports.failure(error, 'rateLimiter: the store could not start.');
    try {
      const started = store.init?.(this.options as never);
      if (started !== undefined && isPromise(started)) started.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

function draftOf(standardHeaders: Parsed['standardHeaders']): HeaderDraft | undefined {
  if (standardHeaders === true) return 'draft-6';
  return standardHeaders === false ? undefined : standardHeaders;
}

/** Limits that are found by request can be any, so there can be no log of that many times. */
function localLimits(options: Parsed): RateLimits {
  const { windowMs, burst, penaltyMs, maxKeys, clock, prefetchLimit, limit } = options;
  const algorithm =
    typeof limit === 'function' && options.algorithm === 'auto'
      ? 'sliding-window'
      : options.algorithm;
  if (typeof limit === 'function' && algorithm === 'sliding-log') {
    throw new TypeError(`rateLimiter: algorithm 'sliding-log' needs a limit that is a number`);
  }
  const largest = Math.max(
    typeof limit === 'number' ? limit : 5,
    typeof prefetchLimit === 'number' ? prefetchLimit : 0,
  );
  return new RateLimits({ windowMs, algorithm, burst, penaltyMs, maxKeys, clock, limit: largest });
}

function refuseCounting(given: RateLimiterOptions | undefined): void {
  const wrong = countingOptions.find((name) => given?.[name] !== undefined);
  if (wrong === undefined) return;
  throw new TypeError(
    `rateLimiter: ${wrong} does not go with a store, which counts in its own way`,
  );
}
