import type { LocalUrl } from '../judgement/request-signals';
import { BoundedMap } from '../../util/bounded-map';

/** A page one client asked for. */
export interface PageView {
  readonly path: string;
  readonly requestedAtMs: number;
  /**
   * When the turn of the event loop that brought the request was over; unknown before. Node sends
   * nothing earlier: until then a 103 helps no more than the page itself.
   */
  turnOverAtMs?: number;
  /** When the visitor got to see it; the same, unless it was fetched ahead. */
  shownAtMs: number;
  /**
   * Name of the page in what is learned; `undefined` until its response turned out to be a page.
   * A page made for one user goes by its route pattern, never by its URL.
   */
  key?: string;
  pattern?: string;
  /** Whether the page may be given to anybody; then `key` is its URL. */
  isForAnyone?: boolean;
  /** From the request to the headers. */
  thinkMs?: number;
  /** Of a page fetched ahead: call it when the visitor gets to see the page. Works once. */
  show?: () => void;
}

interface ClientPages {
  latest: PageView | undefined;
  readonly views: BoundedMap<{ view: PageView }>;
  /** Fetched ahead; nobody has looked at them yet. */
  readonly ahead: BoundedMap<{ view: PageView }>;
  /** By stylesheet: the page that asked for it last. */
  readonly styles: BoundedMap<{ view: PageView }>;
}

const maxClients = 4096;
const maxViewsPerClient = 8;
const maxAheadPerClient = 8;
const maxStylesPerClient = 16;

/** Without a Referer a resource belongs to the page asked for last, if it comes this soon. */
const withoutRefererMs = 10_000;

/**
 * Which pages each client asked for of late, to tell which page a subresource was for: the latest
 * 8 pages, 8 pages fetched ahead and 16 stylesheets of 4096 clients.
 */
export class RecentPages {
  readonly #clients = new BoundedMap<ClientPages>(maxClients);
  readonly #clock: () => number;

  /** @param clock The time, in milliseconds, from any start. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  open(client: string, path: string): PageView {
    const view = this.#newView(path);
    this.#see(this.#pagesOf(client), view);
    return view;
  }

  /**
   * A page is fetched ahead. It becomes a view when it is shown.
   *
   * @param onShown Called then, with the page that the client looked at before.
   */
  openAhead(client: string, path: string, onShown: (from: PageView | undefined) => void): PageView {
    const pages = this.#pagesOf(client);
    const view = this.#newView(path);
    view.show = () => {
      delete view.show;
      view.shownAtMs = this.#clock();
      if (pages.ahead.peek(path)?.view === view) pages.ahead.delete(path);
      const from = pages.latest;
      this.#see(pages, view);
      onShown(from);
    };
    pages.ahead.use(path, () => ({ view })).view = view;
    return view;
  }

  /** True when the client looked at a page before. */
  has(client: string): boolean {
    return this.#clients.peek(client) !== undefined;
  }

  /**
   * The page behind a Referer. Fonts and images of a stylesheet, and stylesheets it imports, name
   * the stylesheet; they belong to the page that asked for it last. A page fetched ahead that asks
   * for something is being looked at.
   */
  behind(client: string, referer: LocalUrl): PageView | undefined {
    const pages = this.#clients.peek(client);
    const ahead = pages?.ahead.peek(referer.path)?.view;
    ahead?.show?.();
    return ahead ?? (pages?.views.peek(referer.path) ?? pages?.styles.peek(referer.path))?.view;
  }

  /** The page asked for last, for clients whose pages forbid the Referer (as `helmet` makes them). */
  latest(client: string): PageView | undefined {
    const view = this.#clients.peek(client)?.latest;
    if (view === undefined) return undefined;
    return this.#clock() - view.shownAtMs <= withoutRefererMs ? view : undefined;
  }

  addStyle(client: string, stylesheet: string, view: PageView): void {
    const styles = this.#clients.peek(client)?.styles;
    if (styles !== undefined) styles.use(stylesheet, () => ({ view })).view = view;
  }

  #newView(path: string): PageView {
    const requestedAtMs = this.#clock();
    const view: PageView = { path, requestedAtMs, shownAtMs: requestedAtMs };
    // Runs after what was written in this turn has left (seen on Node 20 to 26).
    setImmediate(() => {
      view.turnOverAtMs = this.#clock();
    });
    return view;
  }

  #pagesOf(client: string): ClientPages {
    return this.#clients.use(client, () => ({
      latest: undefined,
      views: new BoundedMap(maxViewsPerClient),
      ahead: new BoundedMap(maxAheadPerClient),
      styles: new BoundedMap(maxStylesPerClient),
    }));
  }

  #see(pages: ClientPages, view: PageView): void {
    pages.latest = view;
    pages.views.use(view.path, () => ({ view })).view = view;
  }
}
