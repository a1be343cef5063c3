import { clientHash } from './client-hash';
import { fetchesPerClient, sessionIdleMs } from './client-table';
import type { NavigationModel } from './navigation-model';
import type { PageVisit, ResourceUse } from './observations';
import { PageContexts, type Place } from './page-contexts';

/** In UTF-16 code units. Longer URLs are not learned: a hint as long as that would not pay. */
const maxUrlLength = 1024;

/** A page collects its subresources for this long after it was asked for. */
const resourceWindowMs = 60_000;

/** Every visit is a lesson for the mixers for so long, afterwards one in eight. */
const eagerVisits = 4096;
const visitsPerLesson = 8;

/** Subresources given unasked that are remembered of one view. */
const maxOffered = 32;

/** Contexts of the next page come first in a visit's bits, then those of its subresources. */
const resourceShift = 16;
/** Whether a view was counted as one that asked for subresources. */
const countedBit = 1 << 30;
const pageMask = (1 << resourceShift) - 1;

/**
 * Tells a model what happened. Visits are of clients, found by hash; a page is left by the visit
 * its Referer names, so tabs do not mix; what a visit may teach is decided when it opens.
 */
export class VisitRecorder {
  readonly #model: NavigationModel;
  #visits = 0;

  constructor(model: NavigationModel) {
    this.#model = model;
  }

  observePage(seen: PageVisit, nowMs: number): void {
    const { urls, clients } = this.#model;
    this.#finishLessons(nowMs);
    this.#visits++;
    if (seen.page.length > maxUrlLength) return;
    const client = clientHash(seen.client);
    const page = urls.use(seen.page, client);
    if (page === 0) return;
    if (seen.pattern !== undefined) urls.setPattern(page, seen.pattern);
    const row = clients.insert(client, nowMs);
    const left = seen.from === undefined ? -1 : this.#leave(row, seen, page, nowMs);
    const place = {
      page,
      before: left === -1 ? 0 : clients.get(left, 'page'),
      beforeThat: left === -1 ? 0 : clients.get(left, 'before'),
      kind: urls.kindHashOf(page),
      folders: urls.foldersOf(page),
      client: row,
      longBefore: left === -1 ? 0 : clients.get(left, 'beforeThat'),
    };
    const network = seen.network === undefined ? client : clientHash(seen.network);
    const earlier = left === -1 ? 0 : clients.get(left, 'admitted');
    this.#open(place, earlier, network, nowMs, seen.offered ?? []);
  }

  observeResource(use: ResourceUse, nowMs: number): void {
    const { urls, clients } = this.#model;
    if (use.resource.length > maxUrlLength) return;
    const client = clientHash(use.client);
    const row = clients.find(client);
    const page = urls.find(use.page);
    if (row === -1 || page === 0) return;
    const visit = clients.findVisit(row, page);
    if (visit === -1 || nowMs - clients.timeOf(visit) > resourceWindowMs) return;
    const resource = urls.use(use.resource, client);
    if (resource === 0) return;
    urls.setTargetKind(resource, use.kind);
    this.#count(row, visit, resource);
    if (use.pattern !== undefined) urls.setPattern(page, use.pattern);
  }

  /** A subresource was asked for; each counts once a view. */
  #count(row: number, visit: number, resource: number): void {
    const { clients, resources } = this.#model;
    const view = clients.get(visit, 'view');
    const place = this.#placeOf(row, visit);
    const bits = clients.get(visit, 'admitted');
    const lesson = clients.get(visit, 'resourceLesson');
    if ((bits & countedBit) === 0) {
      clients.set(visit, 'admitted', bits | countedBit);
      clients.noteAsked(row, view);
      resources.lessons.flag(lesson);
      resources.visitAsked(place, (bits & ~countedBit) >> resourceShift, this.#givenIn(row, view));
    }
    if (clients.hasFetched(row, view, resource)) return;
    clients.addFetch(row, view, resource);
    resources.lessons.mark(lesson, resource, 1);
    const order = clients.get(visit, 'asked');
    clients.set(visit, 'asked', order + 1);
    resources.teach(place, (bits & ~countedBit) >> resourceShift, resource, order);
  }

  /** @returns The visit the client came from, or -1. */
  #leave(row: number, seen: PageVisit, page: number, nowMs: number): number {
    const { urls, clients, pages } = this.#model;
    const { from = '', fromPattern } = seen;
    const id = urls.find(from);
    const visit = id === 0 ? -1 : clients.findVisit(row, id);
    if (visit === -1 || nowMs - clients.timeOf(visit) > sessionIdleMs) return -1;
    if (fromPattern !== undefined)
      this.#learnPattern(row, visit, fromPattern, clientHash(seen.network ?? seen.client));
    const number = clients.get(visit, 'pageLesson');
    pages.lessons.mark(number, page, 1);
    const lesson = pages.lessons.peek(number);
    if (lesson !== undefined) pages.learnWhere(lesson);
    pages.lessons.flag(number);
    clients.set(visit, 'pageLesson', 0);
    // Several tabs may be opened from one view, but each page once: coming back and going there
    // again would teach more than the visits that were counted.
    const led = clients.get(visit, 'led');
    const bit = 1 << (urls.hashOf(page) & 31);
    if ((led & bit) !== 0) return visit;
    clients.set(visit, 'led', led | bit);
    const admitted = clients.get(visit, 'admitted') & pageMask;
    clients.noteStep(row, pages.contexts.teach(this.#placeOf(row, visit), admitted, page));
    return visit;
  }

  /** A page's pattern is learned after its view: the view counts for the pattern, too. */
  #learnPattern(row: number, visit: number, pattern: string, client: number): void {
    const { urls, clients, pages } = this.#model;
    const page = clients.get(visit, 'page');
    const before = urls.kindHashOf(page);
    urls.setPattern(page, pattern);
    if (urls.kindHashOf(page) === before) return;
    const admitted = clients.get(visit, 'admitted');
    clients.set(
      visit,
      'admitted',
      pages.contexts.visitKind(this.#placeOf(row, visit), client, admitted),
    );
  }

  #open(
    place: Place,
    cameFrom: number,
    client: number,
    nowMs: number,
    offered: readonly string[],
  ): void {
    const { clients, pages, resources } = this.#model;
    const row = place.client;
    const isEager = this.#visits < eagerVisits || this.#visits % visitsPerLesson === 0;
    const isAdmitted = pages.contexts.admitsLesson(client);
    // The question comes before the view, as it does for who serves the page.
    const resourceLesson = isEager && isAdmitted ? this.#askResources(place, nowMs) : 0;
    const bits =
      pages.contexts.visit(place, client, cameFrom) |
      (resources.admit(place, client) << resourceShift);
    const earlier = clients.findVisit(row, place.page);
    if (earlier !== -1 && !PageContexts.teachesPage(bits)) {
      clients.setTime(earlier, nowMs);
      this.#give(row, earlier, offered);
      return;
    }
    const visit = clients.open(row, place.page, nowMs);
    clients.set(visit, 'before', place.before);
    clients.set(visit, 'beforeThat', place.beforeThat);
    clients.set(visit, 'longBefore', place.longBefore);
    clients.set(visit, 'admitted', bits);
    clients.set(visit, 'resourceLesson', resourceLesson);
    this.#give(row, visit, offered);
    if (isEager && isAdmitted) {
      pages.gather(place);
      const lesson = pages.lessons.ask(pages.candidates, nowMs + sessionIdleMs, pages.leaving);
      clients.set(visit, 'pageLesson', lesson);
    }
  }

  #askResources(place: Place, nowMs: number): number {
    const { pages, resources } = this.#model;
    resources.gather(place, pages.contexts.viewsOf(place.page));
    const { candidates, askCell } = resources;
    return resources.lessons.ask(candidates, nowMs + resourceWindowMs, askCell);
  }

  /** That a view asks for what it was given, or does not, proves nothing. */
  #give(row: number, visit: number, offered: readonly string[]): void {
    const { urls, clients, resources } = this.#model;
    const view = clients.get(visit, 'view');
    const lesson = clients.get(visit, 'resourceLesson');
    for (const url of offered.slice(-maxOffered)) {
      const id = urls.find(url);
      if (id === 0 || clients.hasFetched(row, view, id)) continue;
      clients.addFetch(row, view, id);
      resources.lessons.mark(lesson, id, 2);
    }
  }

  #givenIn(row: number, view: number): number[] {
    const { clients } = this.#model;
    const found: number[] = [];
    for (let at = 0; at < fetchesPerClient; at++) {
      if (clients.fetchViewAt(row, at) !== (view & 0xffff)) continue;
      const id = clients.fetchAt(row, at);
      if (id !== 0) found.push(id);
    }
    return found;
  }

  #finishLessons(nowMs: number): void {
    const { pages, resources } = this.#model;
    let over = resources.lessons.takeDue(nowMs);
    for (; over !== undefined; over = resources.lessons.takeDue(nowMs)) resources.learn(over);
    let left = pages.lessons.takeDue(nowMs);
    for (; left !== undefined; left = pages.lessons.takeDue(nowMs)) pages.learnWhether(left);
  }

  #placeOf(row: number, visit: number): Place {
    const { urls, clients } = this.#model;
    const page = clients.get(visit, 'page');
    return {
      page,
      before: clients.get(visit, 'before'),
      beforeThat: clients.get(visit, 'beforeThat'),
      kind: urls.kindHashOf(page),
      folders: urls.foldersOf(page),
      client: row,
      longBefore: clients.get(visit, 'longBefore'),
    };
  }
}
