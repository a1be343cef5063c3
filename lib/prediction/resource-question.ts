import { CandidateSet } from './candidate-set';
import { fetchesPerClient } from './client-rows';
import type { ClientTable } from './client-table';
import { consider, prepare, type Source } from './consider';
import { depthOf, sharedFolders } from './folders';
import type { Place } from './place';
import { type ResourceContexts, resourceContext, resourceContextCount } from './resource-contexts';
import type { UrlTable } from './url-table';

/** Inputs of the mixer that are no contexts. */
const hadInput = resourceContextCount;
const typeInput = resourceContextCount + 1;
const folderInput = resourceContextCount + 2;
export const resourceInputs = resourceContextCount + 3;

/** Classes of clients by what they asked for before. */
export const clientClasses = 6;

/** Classes of how much of a page's views asked for anything, and of how many views tell. */
export const shareClasses = 12;
const trustClasses = 3;

/** Cells that tell how likely a view asks for anything, of each class of clients. */
export const cellsPerClass = trustClasses * shareClasses;

/** How often a page's views asked, in classes. */
const askedClasses = 3;
export const resourceSituations = clientClasses * askedClasses;

const maxCandidates = 64;

/**
 * Gathers what a view of a page may ask for: what views of this page, of its kind and of the site
 * asked for, and what this client already has.
 */
export class ResourceQuestion {
  readonly candidates = new CandidateSet(maxCandidates, resourceInputs, 1);
  /** What is known about whether the view asks for anything. */
  askCell = 0;
  readonly #urls: UrlTable;
  readonly #clients: ClientTable;
  readonly #contexts: ResourceContexts;
  readonly #rows = new Int32Array(resourceContextCount);

  constructor(urls: UrlTable, clients: ClientTable, contexts: ResourceContexts) {
    this.#urls = urls;
    this.#clients = clients;
    this.#contexts = contexts;
  }

  gather(place: Place, pageViews: number): void {
    const { candidates } = this;
    const { sources } = this.#contexts;
    const keys = this.#contexts.keysOf(place);
    candidates.clear();
    for (const source of sources) {
      const row = source.table.find(keys[source.input] ?? 0);
      this.#rows[source.input] = row;
      prepare(candidates, source, row);
    }
    const cls = this.#clientClass(place.client);
    candidates.presume(hadInput, place.client === -1 ? 0 : 1 + cls);
    for (const source of sources) {
      consider(candidates, source, this.#rows[source.input] ?? -1, this.#urls);
    }
    if (place.client >= 0) this.#markHad(place.client, cls);
    const asked = this.#askedOf(sources[resourceContext.page]);
    this.#markTypes(cls, asked);
    this.#markFolders(place.folders, asked);
    candidates.situation[0] = cls * askedClasses + askedClass(asked);
    const share = pageViews < 1 ? 10 : Math.min(9, Math.floor((asked / (pageViews + 0.5)) * 10));
    const trust = pageViews < 3 ? 0 : pageViews < 12 ? 1 : 2;
    this.askCell = cls * cellsPerClass + trust * shareClasses + share;
  }

  /** Views of the page that asked for anything, aged. */
  #askedOf(page: Source | undefined): number {
    const row = this.#rows[resourceContext.page] ?? -1;
    return row === -1 ? 0 : (page?.table.rows.provenOf(row) ?? 0);
  }

  /** First view; asked last time; asked before that; never in one view; never in several. */
  #clientClass(client: number): number {
    if (client < 0) return 0;
    const { rows } = this.#clients;
    const views = rows.viewsOf(client);
    const bits = rows.askedBitsOf(client);
    if (views === 0) return 0;
    if ((bits & 1) !== 0) return 1;
    if ((bits & 2) !== 0) return 2;
    if (bits !== 0) return 3;
    return views === 1 ? 4 : 5;
  }

  #markHad(client: number, cls: number): void {
    const { candidates } = this;
    const { rows } = this.#clients;
    const views = rows.viewsOf(client);
    for (let at = 0; at < fetchesPerClient; at++) {
      const id = rows.fetchAt(client, at);
      if (id === 0) break;
      const place = candidates.find(id);
      if (place === -1) continue;
      const back = (views - rows.fetchViewAt(client, at)) & 0xffff;
      const state = candidates.get(place, hadInput);
      const times = state < 10 ? 0 : Math.min(3, 1 + ((state - 10) & 3));
      const when = back < 1 ? 0 : back < 2 ? 1 : back < 4 ? 2 : 3;
      candidates.set(place, hadInput, 10 + ((when * 6 + cls) * 4 + times));
    }
  }

  #markTypes(cls: number, asked: number): void {
    const { candidates } = this;
    for (let place = 0; place < candidates.size; place++) {
      const kind = this.#urls.targetKindIndexOf(candidates.ids[place] ?? 0);
      candidates.set(place, typeInput, 1 + (kind * 6 + cls) * 2 + (asked < 1 ? 0 : 1));
    }
  }

  /** How near to the page a resource lies: folders in common, and folders beyond those. */
  #markFolders(page: number, asked: number): void {
    const { candidates } = this;
    const known = askedClass(asked);
    for (let place = 0; place < candidates.size; place++) {
      const resource = this.#urls.foldersOf(candidates.ids[place] ?? 0);
      const shared = sharedFolders(page, resource);
      const beyond = depthOf(resource) - shared;
      candidates.set(place, folderInput, 1 + (known * 4 + shared) * 4 + beyond);
    }
  }
}

function askedClass(asked: number): number {
  return asked < 1 ? 0 : asked < 4 ? 1 : 2;
}
