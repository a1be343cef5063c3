import type { CandidateSet } from './candidate-set';
import { clientHash } from './client-hash';
import { ClientTable } from './client-table';
import { addExperience } from './experience-codec';
import { foldersOf } from './folders';
import { PageContexts } from './page-contexts';
import { PageForecast } from './page-forecast';
import { pageKind } from './page-kind';
import { type Place, placeOf } from './place';
import type { Prediction } from './prediction';
import { priorExperience } from './prior-experience';
import { ResourceContexts } from './resource-contexts';
import { ResourceForecast } from './resource-forecast';
import { SuccessorTable } from './successor-table';
import { UrlTable } from './url-table';

export interface ModelInit {
  readonly minClients: number;
  readonly maxBytes: number;
  readonly halfLifeVisits: number;
  /** What mixers know before they see a site. @default what was learned on public logs */
  readonly prior?: Buffer;
}

/** A page that is asked about, and by whom. */
export interface Question {
  readonly page: string;
  readonly pattern: string | undefined;
  readonly client: string | undefined;
}

/** Shares of `maxBytes`. What is left of it takes the mixers. */
const shares = {
  urls: 0.22,
  clients: 0.1,
  wide: 0.16,
  narrow: 0.22,
  resources: 0.17,
  recentPages: 0.05,
  recentResources: 0.01,
  pageLessons: 0.05,
  resourceLessons: 0.02,
} as const;

/** Visits of a page, or views of the site that asked, after which what is recent weighs half. */
const recentVisits = 12;

/** Pages change their links less often than their subresources. */
const pageHalfLives = 2;

/** The tables of a model, and its two forecasts. */
export class NavigationModel {
  readonly urls: UrlTable;
  readonly clients: ClientTable;
  readonly pages: PageForecast;
  readonly resources: ResourceForecast;
  readonly tables: Readonly<Record<'wide' | 'narrow' | 'resources', SuccessorTable>>;
  readonly #recent: readonly SuccessorTable[];

  constructor(init: ModelInit) {
    const { minClients, maxBytes, halfLifeVisits } = init;
    this.urls = new UrlTable({ minClients, maxBytes: maxBytes * shares.urls });
    this.clients = new ClientTable(maxBytes * shares.clients);
    const { urls, clients } = this;
    const isLive = (id: number): boolean => urls.isLive(id);
    const table = (width: number, share: number, halfLife: number, holds = false): SuccessorTable =>
      new SuccessorTable({
        width,
        maxBytes: maxBytes * share,
        maxTotal: 2 * halfLife,
        minClients,
        holds,
        isLive,
      });
    const wide = table(24, shares.wide, pageHalfLives * halfLifeVisits);
    const narrow = table(10, shares.narrow, pageHalfLives * halfLifeVisits);
    const resources = table(48, shares.resources, halfLifeVisits, true);
    const recentPages = table(6, shares.recentPages, recentVisits);
    const recentResources = table(48, shares.recentResources, recentVisits, true);
    this.tables = { wide, narrow, resources };
    this.#recent = [recentPages, recentResources];
    this.pages = new PageForecast(
      { urls, clients, maxBytes: maxBytes * shares.pageLessons },
      { wide, narrow, recent: recentPages },
    );
    this.resources = new ResourceForecast(
      { urls, clients, maxBytes: maxBytes * shares.resourceLessons },
      resources,
      recentResources,
    );
    addExperience(init.prior ?? priorExperience(), this.experience);
  }

  /** How evidence is weighed: pairs of values and of the lessons behind each. */
  get experience(): readonly Float32Array[] {
    return [...this.pages.experience, ...this.resources.experience];
  }

  predictPages(question: Question, limit: number, minConfidence: number): Prediction[] {
    const count = this.pages.ask(this.#placeOf(question), limit);
    return this.#offer(this.pages.candidates, count, minConfidence);
  }

  predictResources(question: Question, limit: number, minConfidence: number): Prediction[] {
    const place = this.#placeOf(question);
    const count = this.resources.ask(place, this.pages.contexts.viewsOf(place.page), limit);
    return this.#offer(this.resources.candidates, count, minConfidence);
  }

  forget(url: string): void {
    const hash = clientHash(url);
    const keys = [
      PageContexts.keyOfPage(hash),
      PageContexts.keyOfWindow(hash),
      ResourceContexts.keyOfPage(hash),
    ];
    for (const page of keys) {
      this.tables.wide.delete(page);
      this.tables.resources.delete(page);
    }
    this.urls.delete(url);
  }

  get stats() {
    const { wide, narrow, resources } = this.tables;
    const { urls, clients, pages } = this;
    const parts = [urls, clients, wide, narrow, resources, ...this.#recent, pages, this.resources];
    return {
      urls: urls.size,
      contexts: wide.size + narrow.size + resources.size,
      clients: clients.size,
      evictedUrls: urls.evictions,
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** Where a visitor is. A client never seen before is known to have nothing: its row is -2. */
  #placeOf({ page, pattern, client }: Question): Place {
    const { urls, clients } = this;
    const id = urls.find(page);
    const row = client === undefined ? -1 : clients.find(clientHash(client));
    const visit = row === -1 || id === 0 ? -1 : clients.rows.findVisit(row, id);
    const kind = pattern === undefined ? this.#kindOf(id, page) : clientHash(pattern);
    if (visit !== -1) return placeOf(this, row, visit, kind);
    return {
      page: id,
      before: 0,
      beforeThat: 0,
      longBefore: 0,
      kind,
      folders: id === 0 ? foldersOf(page) : urls.foldersOf(id),
      client: client !== undefined && row === -1 ? -2 : row,
    };
  }

  #kindOf(id: number, page: string): number {
    return id === 0 ? clientHash(pageKind(page)) : this.urls.kindHashOf(id);
  }

  #offer({ ids, chances, order }: CandidateSet, count: number, least: number): Prediction[] {
    const offers: Prediction[] = [];
    for (let rank = 0; rank < count; rank++) {
      const place = order[rank] ?? 0;
      const id = ids[place] ?? 0;
      const confidence = chances[place] ?? 0;
      if (confidence < least) break;
      offers.push({
        target: this.urls.urlOf(id),
        kind: this.urls.targetKindOf(id),
        confidence,
        clients: this.urls.clientsOf(id),
      });
    }
    return offers;
  }
}
