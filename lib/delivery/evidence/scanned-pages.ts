import { clientHash } from '../../prediction/client-hash';
import { DistinctClients } from '../../prediction/distinct-clients';
import { BoundedMap } from '../../util/bounded-map';
import type { PageResource } from './page-resources';

/** Pages, and routes, whose resources are kept. */
const maxPages = 1000;
const maxRoutes = 256;

/** A page is read again at one view in so many: pages change when the app does. */
const viewsPerScan = 16;

/** Pages of a route that must agree on a resource before it is given to another page of it. */
const agreeingPages = 2;

/** What was found in one page. */
export interface Scan {
  readonly page: string;
  readonly pattern: string | undefined;
  /** Whose view it was; `undefined` if the same page goes to everybody. */
  readonly client: string | undefined;
  readonly resources: readonly PageResource[];
}

interface Found {
  readonly resource: PageResource;
  readonly clients: DistinctClients;
  isForAnyone: boolean;
}

interface PageScan {
  views: number;
  found: Map<string, Found>;
}

interface RouteScan {
  /** Of the latest pages, by their resources. */
  readonly pages: Map<string, readonly PageResource[]>;
}

/** Latest pages of a route that are compared. */
const maxPagesPerRoute = 4;

const nothing: readonly PageResource[] = [];

/**
 * What pages tell browsers to fetch, read from the HTML as it went out: right after one view, where
 * everybody gets the same page. What was found in a page made for somebody with a cookie is given
 * to others only after enough distinct clients got the same.
 */
export class ScannedPages {
  readonly #pages = new BoundedMap<PageScan>(maxPages);
  readonly #routes = new BoundedMap<RouteScan>(maxRoutes);
  readonly #minClients: number;

  constructor(minClients: number) {
    this.#minClients = minClients;
  }

  /** Counts a view of a page. @returns Whether it is to be read. */
  wants(page: string): boolean {
    const scan = this.#pages.use(page, () => ({ views: 0, found: new Map() }));
    const isWanted = scan.views < this.#minClients || scan.views % viewsPerScan === 0;
    scan.views++;
    return isWanted;
  }

  add({ page, pattern, client, resources }: Scan): void {
    const scan = this.#pages.use(page, () => ({ views: 1, found: new Map() }));
    const before = scan.found;
    scan.found = new Map(resources.map((one) => [one.url, before.get(one.url) ?? newFound(one)]));
    for (const found of scan.found.values()) {
      if (client === undefined) found.isForAnyone = true;
      else found.clients.add(clientHash(client), this.#minClients);
    }
    if (pattern === undefined) return;
    const { pages } = this.#routes.use(pattern, () => ({ pages: new Map() }));
    pages.delete(page);
    pages.set(page, this.#openOf(scan));
    const [oldest] = pages.keys();
    if (pages.size > maxPagesPerRoute && oldest !== undefined) pages.delete(oldest);
  }

  /** What a page needs, or what the pages of its route have in common. In the order of the page. */
  resourcesOf(page: string, pattern: string | undefined): readonly PageResource[] {
    const scan = this.#pages.peek(page);
    const own = scan === undefined ? nothing : this.#openOf(scan);
    if (own.length > 0 || pattern === undefined) return own;
    return commonTo([...(this.#routes.peek(pattern)?.pages.values() ?? [])]);
  }

  #openOf({ found }: PageScan): readonly PageResource[] {
    return [...found.values()]
      .filter(({ isForAnyone, clients }) => isForAnyone || clients.count >= this.#minClients)
      .map(({ resource }) => resource);
  }
}

function newFound(resource: PageResource): Found {
  return { resource, clients: new DistinctClients(), isForAnyone: false };
}

function commonTo(pages: readonly (readonly PageResource[])[]): readonly PageResource[] {
  if (pages.length < agreeingPages) return nothing;
  const [first = nothing, ...others] = pages;
  return first.filter(({ url }) => others.every((one) => one.some((two) => two.url === url)));
}
