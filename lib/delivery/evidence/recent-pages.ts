import type { LocalUrl } from '../judgement/request-signals';
import { BoundedMap } from '../../util/bounded-map';

/** A page one client asked for. */
export interface PageView {
  readonly path: string;
  /** When it was asked for, in ms of the caller's clock. */
  readonly requestedAtMs: number;
  /**
   * Name of the page in what is learned; `undefined` until its response turned out to be a page.
   * A page made for one user goes by its route pattern, never by its URL.
   */
  key?: string;
  pattern?: string;
}

interface ClientPages {
  latest: PageView;
  readonly views: BoundedMap<{ view: PageView }>;
  /** By stylesheet: the page that asked for it last. */
  readonly styles: BoundedMap<{ view: PageView }>;
}

const maxClients = 4096;
const maxViewsPerClient = 8;
const maxStylesPerClient = 16;

/** Without a Referer a resource belongs to the page asked for last, if it comes this soon. */
const withoutRefererMs = 10_000;

/**
 * Which pages each client asked for of late, to tell which page a subresource was for: the latest
 * 8 pages and 16 stylesheets of 4096 clients.
 */
export class RecentPages {
  readonly #clients = new BoundedMap<ClientPages>(maxClients);

  open(client: string, path: string, requestedAtMs: number): PageView {
    const view: PageView = { path, requestedAtMs };
    const pages = this.#clients.use(client, () => ({
      latest: view,
      views: new BoundedMap(maxViewsPerClient),
      styles: new BoundedMap(maxStylesPerClient),
    }));
    pages.latest = view;
    pages.views.use(path, () => ({ view })).view = view;
    return view;
  }

  /**
   * The page behind a Referer. Fonts and images of a stylesheet, and stylesheets it imports, name
   * the stylesheet; they belong to the page that asked for it last.
   */
  behind(client: string, referer: LocalUrl): PageView | undefined {
    const pages = this.#clients.peek(client);
    return (pages?.views.peek(referer.path) ?? pages?.styles.peek(referer.path))?.view;
  }

  /** The page asked for last, for clients whose pages forbid the Referer (as `helmet` makes them). */
  latest(client: string, nowMs: number): PageView | undefined {
    const view = this.#clients.peek(client)?.latest;
    return view !== undefined && nowMs - view.requestedAtMs <= withoutRefererMs ? view : undefined;
  }

  addStyle(client: string, stylesheet: string, view: PageView): void {
    const styles = this.#clients.peek(client)?.styles;
    if (styles !== undefined) styles.use(stylesheet, () => ({ view })).view = view;
  }
}
