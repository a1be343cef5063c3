import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Next } from '../util/middleware';
import { custom, integer, oneOf, parseOptions, type OptionRules } from '../util/options';
import type { AuthError } from './auth-error';
import type { AuthScheme, Verify } from './auth-scheme';
import { bearerToken } from './bearer-token';
import { isHttpToken, isQuotable } from './challenge';

/** A log that several processes append to and follow; `RedisLog` is one. */
export interface SharedLog {
  /** False while entries of others may be missing: not caught up yet, or cut off. */
  readonly isCurrent: boolean;
  append(entry: string): Promise<void>;
  /**
   * Calls `onEntry` with every entry, from the oldest on, own ones too, until the end.
   *
   * @returns When those that were there have been given.
   */
  follow(onEntry: (entry: string) => void): Promise<void>;
}

/** Answers a request that was refused, or hands the error on. */
export type Refuse = (
  error: AuthError,
  req: IncomingMessage,
  res: ServerResponse,
  next: Next,
) => void;

export interface LazyAuthOptions<User extends object> {
  /** Finds out whose credential it is; needed unless every scheme has its own. */
  readonly verify?: Verify<User> | undefined;
  /** Where credentials come from. The first that finds one decides. @default [bearerToken()] */
  readonly schemes?: readonly AuthScheme<User>[];
  /**
   * What the verdict depends on besides the credential: the tenant, the audience. Verdicts are
   * remembered for each value apart. Needed when `verify` takes the request.
   *
   * @default always ''
   */
  readonly partition?: ((req: IncomingMessage) => string) | undefined;
  /** Property of the request that holds its `RequestAuth`. @default 'auth' */
  readonly property?: string;
  /** `realm` of `WWW-Authenticate`; visible ASCII. @default none */
  readonly realm?: string | undefined;
  /** How long a verified credential is remembered, in ms, to 3600000; 0: not. @default 60000 */
  readonly ttlMs?: number;
  /** Verified credentials remembered, from 1. The least recently used leave first. @default 10000 */
  readonly maxSessions?: number;
  /** How long a refused credential is remembered, in ms, to 60000; 0: not. @default 5000 */
  readonly refusedTtlMs?: number;
  /** Refused credentials remembered, from 1; apart from the verified ones. @default 1000 */
  readonly maxRefused?: number;
  /** Allowed difference of clocks for `exp`, `nbf` and `iat`, in ms, to 300000. @default 0 */
  readonly clockToleranceMs?: number;
  /** How long `verify` may take, in ms, from 1 to 600000. @default 10000 */
  readonly verifyTimeoutMs?: number;
  /**
   * Tells which keys `verify` uses. When it returns something else than before, everything
   * remembered is forgotten. Called for each request that looks.
   *
   * @default none; call `clear()` after a rotation
   */
  readonly keyVersion?: (() => unknown) | undefined;
  /**
   * How long a revocation is kept when the credential does not say when it expires, in ms; at least
   * the longest life of a credential. @default 2592000000, 30 days
   */
  readonly revocationMs?: number;
  /** Revocations kept, from 1. @default 100000 */
  readonly maxRevocations?: number;
  /** Shares revocations with other processes. @default none */
  readonly revocationLog?: SharedLog | undefined;
  /** What happens to requests that look while the log may be behind. @default 'accept' */
  readonly withoutLog?: 'accept' | 'refuse';
  /** Answers what `requireAuth` and `requireScope` refuse. @default status and a line of text */
  readonly refuse?: Refuse | undefined;
}

/** A scheme, and who verifies its credentials. */
export interface VerifiedScheme<User extends object> {
  readonly scheme: AuthScheme<User>;
  readonly verify: Verify<User>;
}

/** The options, complete. */
export type AuthSettings<User extends object> = Omit<
  Required<LazyAuthOptions<User>>,
  'schemes' | 'verify'
> & { readonly schemes: readonly VerifiedScheme<User>[] };

const isFunction = (value: unknown): boolean => typeof value === 'function';
const hour = 3_600_000;
const day = 24 * hour;

function rules<User extends object>(): OptionRules<LazyAuthOptions<User>> {
  return {
    verify: custom<Verify<User> | undefined>('a function', undefined, isFunction),
    schemes: custom<readonly AuthScheme<User>[]>(
      'a list of schemes, each with name and extract',
      [bearerToken<User>()],
      (value) => Array.isArray(value) && value.length > 0 && value.every(isScheme),
    ),
    partition: custom<((req: IncomingMessage) => string) | undefined>(
      'a function',
      undefined,
      isFunction,
    ),
    property: custom('a name', 'auth', (value) => typeof value === 'string' && value !== ''),
    realm: custom<string | undefined>('a text of visible ASCII', undefined, isQuotable),
    ttlMs: integer(60_000, 0, hour),
    maxSessions: integer(10_000, 1, 10_000_000),
    refusedTtlMs: integer(5_000, 0, 60_000),
    maxRefused: integer(1_000, 1, 1_000_000),
    clockToleranceMs: integer(0, 0, 300_000),
    verifyTimeoutMs: integer(10_000, 1, 600_000),
    keyVersion: custom<(() => unknown) | undefined>('a function', undefined, isFunction),
    revocationMs: integer(30 * day, 1),
    maxRevocations: integer(100_000, 1),
    revocationLog: custom<SharedLog | undefined>('a log', undefined, isLog),
    withoutLog: oneOf(['accept', 'refuse'], 'accept'),
    refuse: custom<Refuse | undefined>('a function', undefined, isFunction),
  };
}

/**
 * @throws TypeError or RangeError for a bad option, for a scheme that nobody verifies, and for a
 * `verify` that takes the request without a `partition`: its verdicts could not be told apart.
 */
export function parseAuthOptions<User extends object>(
  given: LazyAuthOptions<User>,
): AuthSettings<User> {
  const { verify, schemes, ...others } = parseOptions<LazyAuthOptions<User>>(
    'lazyAuth',
    given,
    rules<User>(),
  );
  const verified = schemes.map((scheme) => withVerify(scheme, verify));
  if (others.partition === undefined && verified.some((one) => one.verify.length > 1)) {
    throw new TypeError(
      'lazyAuth: verify takes the request, so say in partition what of it decides: ' +
        "(req) => req.headers.host, or () => '' for nothing",
    );
  }
  return { ...others, schemes: verified };
}

function withVerify<User extends object>(
  scheme: AuthScheme<User>,
  shared: Verify<User> | undefined,
): VerifiedScheme<User> {
  const verify = scheme.verify ?? shared;
  if (verify !== undefined) return { scheme, verify };
  throw new TypeError(`lazyAuth: verify must be given; nobody verifies ${scheme.name}`);
}

function isScheme(value: unknown): boolean {
  const { name, extract, accepts, verify } = Object(value) as Partial<AuthScheme>;
  return (
    isHttpToken(name) &&
    isFunction(extract) &&
    (accepts === undefined || isFunction(accepts)) &&
    (verify === undefined || isFunction(verify))
  );
}

function isLog(value: unknown): boolean {
  const { append, follow } = Object(value) as Partial<SharedLog>;
  return isFunction(append) && isFunction(follow);
}
