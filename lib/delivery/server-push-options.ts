import type { IntelligentPushPredictor } from '../prediction/intelligent-push-predictor';
import type { PushRule } from '../prediction/push-rule';
import { boolean, custom, integer, number, oneOf, type OptionRules } from '../util/options';
import type { RoutedRequest } from './judgement/request-signals';

/** What a manager needs of the model. */
export type PushPredictor = Pick<
  IntelligentPushPredictor,
  | 'observePage'
  | 'observeResource'
  | 'observeThinkTime'
  | 'forget'
  | 'predictPages'
  | 'predictResources'
  | 'thinkTimeMs'
>;

export interface ServerPushOptions {
  /** What pages need, written by hand; comes before what was learned. @default [] */
  readonly rules?: readonly PushRule[];
  /** `'observe'` sends nothing and counts what it would have sent. @default 'deliver' */
  readonly mode?: 'deliver' | 'observe';
  /** Whether to use PUSH_PROMISE with clients that allow it; no current browser does. @default false */
  readonly push?: boolean;
  /** Whether to send 103 Early Hints (RFC 8297) to navigations over HTTP/2. @default true */
  readonly earlyHints?: boolean;
  /** Whether pages that got no 103 carry `Link: rel=preload` headers. @default true */
  readonly preloadLinks?: boolean;
  /** Links of one page, from 1 to 32. Together they never take more than 1024 bytes. @default 8 */
  readonly maxLinks?: number;
  /** Least chance, from 0 to 1, at which a learned resource is given. @default 0.5 */
  readonly minConfidence?: number;
  /** Distinct clients that must have needed a resource before others are told of it. @default 3 */
  readonly minClients?: number;
  /**
   * Milliseconds a page must wait before its first byte, by what was learned, to get a 103. Time
   * that it takes without waiting does not count: Node would send the 103 together with the page.
   *
   * @default 5
   */
  readonly minThinkMs?: number;
  /** Promises that one client may have open. From 1 to 100. @default 4 */
  readonly maxConcurrentPushes?: number;
  /** How long pushes wait for the page, which needs none when it comes. In ms. @default 0 */
  readonly pushDelayMs?: number;
  /** Bytes pushed with one page. @default 262144, 256 KiB */
  readonly maxPushBytes?: number;
  /**
   * Resources with larger bodies are given only by hand; pages that need more in all are rendered ahead
   * only if half of the visitors go there.
   *
   * @default 262144, 256 KiB
   */
  readonly maxResourceBytes?: number;
  /** Whether pages are read on their way out for what they ask browsers to fetch. @default true */
  readonly scanHtml?: boolean;
  /**
   * What browsers may do ahead with the pages that visitors go to next: fetch their documents,
   * render the likeliest of them besides, or nothing.
   *
   * @default 'prefetch'
   */
  readonly speculation?: 'prefetch' | 'prerender' | 'off';
  /** Pages that may be fetched at once after one page. From 0 to 10. @default 2 */
  readonly maxSpeculations?: number;
  /** Least chance, from 0 to 1, at which a next page is named. @default 0.15 */
  readonly minPageConfidence?: number;
  /** Where speculation rules are served: a path with a slash at its end. @default '/.headstart/speculation/' */
  readonly speculationPath?: string;
  /** Whether those who are logged in are given speculation rules. @default false */
  readonly speculateAuthenticated?: boolean;
  /**
   * Tells who is logged in.
   *
   * @default `Authorization`, `req.user`, or a cookie named like that of a session
   */
  readonly isAuthenticated?: ((req: RoutedRequest) => boolean) | undefined;
  /**
   * Paths, with everything below them, and patterns that are never learned, besides those whose
   * names are actions (`/logout`, `/cart/delete`).
   *
   * @default []
   */
  readonly unsafePaths?: readonly (string | RegExp)[];
  /** Whether URLs with a query string may be learned; queries often carry secrets. @default false */
  readonly allowQuery?: boolean;
  /** A model to learn into; `minConfidence` and `minClients` are then its own. @default a new one */
  readonly predictor?: PushPredictor | undefined;
  /**
   * What tells clients apart. Only a keyed hash of it is kept.
   *
   * @default the address (`req.ip`, or the socket's; IPv6 by /64) and the user agent
   */
  readonly clientId?: ((req: RoutedRequest) => string) | undefined;
}

export const serverPushRules: OptionRules<ServerPushOptions> = {
  rules: custom<readonly PushRule[]>('an array of rules', [], (value) => Array.isArray(value)),
  mode: oneOf(['deliver', 'observe'], 'deliver'),
  push: boolean(false),
  earlyHints: boolean(true),
  preloadLinks: boolean(true),
  maxLinks: integer(8, 1, 32),
  minConfidence: number(0.5, 0, 1),
  minClients: integer(3, 1, 1000),
  minThinkMs: number(5, 0, 60_000),
  maxConcurrentPushes: integer(4, 1, 100),
  pushDelayMs: integer(0, 0, 60_000),
  maxPushBytes: integer(262_144),
  maxResourceBytes: integer(262_144),
  scanHtml: boolean(true),
  speculation: oneOf(['prefetch', 'prerender', 'off'], 'prefetch'),
  maxSpeculations: integer(2, 0, 10),
  minPageConfidence: number(0.15, 0, 1),
  speculationPath: custom(
    'a path with a slash at its end',
    '/.headstart/speculation/',
    (value) => typeof value === 'string' && /^\/(?!\/)[\w.~/-]*\/$/.test(value),
  ),
  speculateAuthenticated: boolean(false),
  isAuthenticated: custom<((req: RoutedRequest) => boolean) | undefined>(
    'a function of a request',
    undefined,
    (value) => typeof value === 'function',
  ),
  unsafePaths: custom<readonly (string | RegExp)[]>(
    'an array of paths and regular expressions',
    [],
    (value) =>
      Array.isArray(value) &&
      value.every((one) => one instanceof RegExp || (typeof one === 'string' && one[0] === '/')),
  ),
  allowQuery: boolean(false),
  predictor: custom<PushPredictor | undefined>('a predictor', undefined, isPredictor),
  clientId: custom<((req: RoutedRequest) => string) | undefined>(
    'a function of a request',
    undefined,
    (value) => typeof value === 'function',
  ),
};

function isPredictor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { observePage, predictResources } = value as Partial<PushPredictor>;
  return typeof observePage === 'function' && typeof predictResources === 'function';
}
