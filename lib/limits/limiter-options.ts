import { boolean, custom, integer, oneOf } from '../util/options';
import type { OptionRule, OptionRules } from '../util/options';
import type { LimitedRequest, LimitedResponse } from './limited-request';
import { headerDrafts } from './rate-limit-headers';
import type { HeaderDraft } from './rate-limit-headers';
import { isStore } from './rate-limit-store';
import type { LegacyRateLimitStore, RateLimitStore } from './rate-limit-store';
import { optionalInteger, rateLimitsRules } from './rate-limits-options';
import type { RateLimitsOptions } from './rate-limits-options';
import type { Eventual } from './when-ready';

/** Where warnings and errors of a store go, if not to the process and to `headstart:failure`. */
export interface LimiterLogger {
  error(error: unknown, message?: string): void;
  warn(error: unknown, message?: string): void;
}

/** Warnings that `validate` can switch off. The names are those of express-rate-limit. */
export const limiterChecks = [
  'ip',
  'trustProxy',
  'xForwardedForHeader',
  'forwardedHeader',
  'positiveHits',
  'unsharedStore',
  'singleCount',
  'creationStack',
  'keyGeneratorIpFallback',
  'ipv6SubnetOrKeyGenerator',
] as const;

export type LimiterCheck = (typeof limiterChecks)[number];

/** Names of express-rate-limit for what throws here at the start, or needs no warning. */
const otherChecks = [
  'default',
  'limit',
  'draftPolliHeaders',
  'onLimitReached',
  'headersDraftVersion',
  'headersResetTime',
  'knownOptions',
  'validationsConfig',
  'ipv6Subnet',
  'windowMs',
] as const;

export type LimiterValidation = LimiterCheck | (typeof otherChecks)[number];

/** A value, or what finds it for a request. */
export type Asked<T, Req, Res> = T | AskedFunction<T, Req, Res>;

interface Asking<T, Req, Res> {
  ask(req: Req, res: Res): Eventual<T>;
}

/** The type of a method, so that functions of a more special request are accepted. */
export type AskedFunction<T, Req, Res> = Asking<T, Req, Res>['ask'];

/**
 * Options of `rateLimiter`. Those of express-rate-limit 8 are all there and mean the same.
 *
 * @typeParam Req What callbacks take a request for, such as `express.Request`.
 */
export interface RateLimiterOptions<Req = LimitedRequest, Res = LimitedResponse> extends Omit<
  RateLimitsOptions,
  'limit'
> {
  /** Hits of a key in `windowMs`; a function finds it for the request, such as by plan. @default 5 */
  readonly limit?: Asked<number, Req, Res>;
  /** The older name of `limit`. */
  readonly max?: Asked<number, Req, Res> | undefined;
  /** Hits a request counts for. @default 1 */
  readonly cost?: Asked<number, Req, Res>;
  /**
   * Hits in `windowMs` of prefetches and prerenders, which are counted apart. `false`: they count as
   * other requests do.
   * @default `limit`
   */
  readonly prefetchLimit?: number | false | undefined;
  /** Whom a request counts for. @default the address, IPv6 by `ipv6Subnet` */
  keyGenerator?(req: Req, res: Res): Eventual<string>;
  /** Bits of an IPv6 address that name the client's network, from 32 to 64; `false`: all. @default 56 */
  readonly ipv6Subnet?: Asked<number | false, Req, Res>;
  /** Whether a request passes without being counted. */
  skip?(req: Req, res: Res): Eventual<boolean>;
  /** Whether requests that fail are given back. @default false */
  readonly skipFailedRequests?: boolean;
  /** Whether requests that succeed are given back. @default false */
  readonly skipSuccessfulRequests?: boolean;
  /** Whether a request that was answered succeeded. @default a status below 400 */
  requestWasSuccessful?(req: Req, res: Res): Eventual<boolean>;
  /** Answers a request that is refused. @default `statusCode` with `message` */
  handler?(
    req: Req,
    res: Res,
    next: (error?: unknown) => void,
    options: RateLimiterOptions<Req, Res>,
  ): unknown;
  /** The body of a refusal; what is no text leaves as JSON. */
  readonly message?: unknown;
  /** @default 429 */
  readonly statusCode?: number;
  /** `X-RateLimit-*` headers. @default true */
  readonly legacyHeaders?: boolean;
  /** The older name of `legacyHeaders`. */
  readonly headers?: boolean | undefined;
  /** `RateLimit` and `RateLimit-Policy` headers of a draft; `true` is draft 6. @default false */
  readonly standardHeaders?: boolean | HeaderDraft;
  /** The name of the policy in headers of draft 8. @default such as `5-in-1min` */
  readonly identifier?: Asked<string, Req, Res> | undefined;
  /** Where the request keeps what it was told. @default 'rateLimit' */
  readonly requestPropertyName?: string;
  /** Counts for several processes, in place of this one's memory. */
  readonly store?: RateLimitStore | LegacyRateLimitStore | undefined;
  /** Whether requests pass while the store fails. @default false */
  readonly passOnStoreError?: boolean;
  /** Which warnings are given; each is given once. @default true */
  readonly validate?: boolean | Readonly<Partial<Record<LimiterValidation, boolean>>>;
  /** @default `process.emitWarning` and the channel `headstart:failure` */
  readonly logger?: LimiterLogger | undefined;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const callback = <T>(): OptionRule<T> => custom('a function', undefined as T, isFunction);

/** What `rule` accepts, or a function that finds it. */
function asked<T>(rule: OptionRule<T>): OptionRule<never> {
  return {
    ...rule,
    expected: `${rule.expected} or a function`,
    fallback: rule.fallback as never,
    accepts: (value) => isFunction(value) || rule.accepts(value),
  };
}

function isValidation(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  if (typeof value !== 'object' || value === null) return false;
  const known = new Set<string>([...limiterChecks, ...otherChecks]);
  return Object.keys(value).every((key) => known.has(key));
}

const isLogger = (value: unknown): boolean => {
  const { error, warn } = Object(value) as Partial<LimiterLogger>;
  return isFunction(error) && isFunction(warn);
};

const orFalse = (rule: OptionRule<number | undefined>): OptionRule<number | false | undefined> => ({
  ...rule,
  expected: `${rule.expected} or false`,
  accepts: (value) => value === false || rule.accepts(value),
});

const subnet = orFalse({ ...integer(56, 32, 64), fallback: 56 });

export const limiterRules: OptionRules<RateLimiterOptions> = {
  ...rateLimitsRules,
  limit: asked(rateLimitsRules.limit),
  max: asked(optionalInteger(0)),
  cost: asked(integer(1)),
  prefetchLimit: orFalse(optionalInteger(0)),
  keyGenerator: callback(),
  ipv6Subnet: asked(subnet),
  skip: callback(),
  skipFailedRequests: boolean(false),
  skipSuccessfulRequests: boolean(false),
  requestWasSuccessful: callback(),
  handler: callback(),
  message: custom<unknown>('anything', 'Too many requests, please try again later.', () => true),
  statusCode: integer(429, 100, 999),
  legacyHeaders: boolean(true),
  headers: custom<boolean | undefined>(
    'a boolean',
    undefined,
    (value) => typeof value === 'boolean',
  ),
  standardHeaders: custom<boolean | HeaderDraft>(
    `a boolean or ${oneOf(headerDrafts, 'draft-8').expected}`,
    false,
    (value) => typeof value === 'boolean' || headerDrafts.some((draft) => draft === value),
  ),
  identifier: asked(
    custom<string | undefined>('a string', undefined, (value) => typeof value === 'string'),
  ),
  requestPropertyName: custom('a string', 'rateLimit', (value) => typeof value === 'string'),
  store: custom<RateLimitStore | LegacyRateLimitStore | undefined>(
    'a store of express-rate-limit: increment, decrement and resetKey are functions',
    undefined,
    isStore,
  ),
  passOnStoreError: boolean(false),
  validate: custom<Required<RateLimiterOptions>['validate']>(
    `a boolean, or an object with booleans by check: ${limiterChecks.join(', ')}`,
    true,
    isValidation,
  ),
  logger: custom<LimiterLogger | undefined>(
    'an object with the functions error and warn',
    undefined,
    isLogger,
  ),
};
