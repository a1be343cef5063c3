import type { ResourceKind } from './resource-kind';

/** A subresource named by hand. */
export interface PushResource {
  /** A path that begins with a slash, or an absolute URL. */
  readonly url: string;
  /** What it is for. @default by the extension of its path */
  readonly as?: ResourceKind;
  /**
   * How the page fetches it; what differs from the page's own request is fetched twice.
   * @default 'anonymous' for fonts and for `fetch()`, otherwise without CORS
   */
  readonly crossorigin?: 'anonymous' | 'use-credentials';
  /** Media type, so that browsers skip what they cannot use: `font/woff2`. */
  readonly type?: string;
  readonly fetchPriority?: 'high' | 'low';
  /** The hash the page itself demands; browsers fetch again what was preloaded without it. */
  readonly integrity?: string;
  /** The candidates of an image, as in the page's `srcset`; browsers choose from them. */
  readonly imageSrcset?: string;
  /** The widths of an image, as in the page's `sizes`. */
  readonly imageSizes?: string;
}

/** What a rule may look at in a request; Node's and Express's requests are such. */
export interface RuleRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What the pages of a route need. */
export interface PushRule {
  /**
   * An Express route pattern of whole segments (`/product/:id`, `/docs/*splat`), a regular
   * expression, or a function; all are asked about the path without its query.
   */
  readonly route: string | RegExp | ((path: string) => boolean);
  /** Whether the rule holds for a request; it may look at headers, such as cookies. @default always */
  readonly when?: (request: RuleRequest) => boolean;
  /** In the order in which they are needed. */
  readonly resources: readonly (string | PushResource)[];
}
