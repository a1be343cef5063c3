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
}

/** What the pages of a route need. */
export interface PushRule {
  /**
   * An Express route pattern of whole segments (`/product/:id`, `/docs/*splat`), a regular
   * expression, or a function; all are asked about the path without its query.
   */
  readonly route: string | RegExp | ((path: string) => boolean);
  /** In the order in which they are needed. */
  readonly resources: readonly (string | PushResource)[];
}
