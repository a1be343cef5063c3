import { clientHash } from './client-hash';
import { sessionIdleMs, visitField } from './client-rows';
import type { NavigationModel } from './navigation-model';
import type { PageVisit, ResourceUse } from './observations';
import { PageContexts } from './page-contexts';
import { type Place, placeOf } from './place';
import { ResourceRecorder } from './resource-recorder';

/** In UTF-16 code units. Longer URLs are not learned: a hint as long as that would not pay. */
const maxUrlLength = 1024;

/** A page collects its subresources for this long after it was asked for. */
const resourceWindowMs = 60_000;

/** Every visit is a lesson for the mixers for so long, afterwards one in eight: it closes those due, too. */
const eagerVisits = 4096;
const visitsPerLesson = 8;

const nothing: readonly string[] = [];

/**
 * Tells a model what happened. Visits are of clients, found by hash; a page is left by the visit
 * its Referer names, so tabs do not mix; what a visit may teach is decided when it opens.
 */
export class VisitRecorder {
  readonly #model: NavigationModel;
  readonly #resources: ResourceRecorder;
  #visits = 0;

  constructor(model: NavigationModel) {
    this.#model = model;
    this.#resources = new ResourceRecorder(model);
  }

  observePage(seen: PageVisit, nowMs: number): void {
    const { urls, clients } = this.#model;
    this.#visits++;
    const isEager = this.#visits < eagerVisits || this.#visits % visitsPerLesson === 0;
    if (isEager) this.#finishLessons(nowMs);
    if (seen.page.length > maxUrlLength) return;
    const client = clientHash(seen.client);
    const page = urls.use(seen.page, client);
    if (page === 0) return;
    if (seen.pattern !== undefined) urls.setPattern(page, seen.pattern);
    const row = clients.insert(client, nowMs);
    const left = seen.from === undefined ? -1 : this.#leave(row, seen, page, nowMs);
    const { rows } = clients;
    const place = {
      page,
      before: left === -1 ? 0 : rows.get(left, visitField.page),
      beforeThat: left === -1 ? 0 : rows.get(left, visitField.before),
      longBefore: left === -1 ? 0 : rows.get(left, visitField.beforeThat),
      kind: urls.kindHashOf(page),
      folders: urls.foldersOf(page),
      client: row,
    };
    const network = seen.network === undefined ? client : clientHash(seen.network);
    const earlier = left === -1 ? 0 : rows.get(left, visitField.admitted);
    const isLesson = isEager && this.#model.pages.contexts.admitsLesson(network);
    this.#open(place, earlier, network, nowMs, isLesson, seen.offered ?? nothing);
  }

  observeResource(use: ResourceUse, nowMs: number): void {
    const { urls, clients } = this.#model;
    if (use.resource.length > maxUrlLength) return;
    const client = clientHash(use.client);
    const row = clients.find(client);
    const page = urls.find(use.page);
    if (row === -1 || page === 0) return;
    const visit = clients.rows.findVisit(row, page);
    if (visit === -1 || nowMs - clients.rows.timeOf(visit) > resourceWindowMs) return;
    const resource = urls.use(use.resource, client);
    if (resource === 0) return;
    urls.setTargetKind(resource, use.kind);
    this.#resources.count(row, visit, resource);
    if (use.pattern !== undefined) urls.setPattern(page, use.pattern);
  }

  /** @returns The visit the client came from, or -1. */
  #leave(row: number, seen: PageVisit, page: number, nowMs: number): number {
    const { urls, clients, pages } = this.#model;
    const { rows } = clients;
    const { from = '', fromPattern } = seen;
    const id = urls.find(from);
    const visit = id === 0 ? -1 : rows.findVisit(row, id);
    if (visit === -1 || nowMs - rows.timeOf(visit) > sessionIdleMs) return -1;
    if (fromPattern !== undefined) this.#learnPattern(row, visit, fromPattern);
    const lesson = rows.get(visit, visitField.pageLesson);
    if (lesson !== 0) {
      pages.answer(lesson, page);
      rows.set(visit, visitField.pageLesson, 0);
    }
    // Several tabs may be opened from one view, but each page once: coming back and going there
    // again would teach more than the visits that were counted.
    const led = rows.get(visit, visitField.led);
    const bit = 1 << (urls.hashOf(page) & 31);
    if ((led & bit) !== 0) return visit;
    rows.set(visit, visitField.led, led | bit);
    const admitted = rows.get(visit, visitField.admitted);
    rows.noteStep(row, pages.contexts.teach(placeOf(this.#model, row, visit), admitted, page));
    return visit;
  }

  /** A page's pattern is learned after its view: the view counts for the pattern, too. */
  #learnPattern(row: number, visit: number, pattern: string): void {
    const { urls, clients, pages } = this.#model;
    const { rows } = clients;
    const page = rows.get(visit, visitField.page);
    const before = urls.kindHashOf(page);
    urls.setPattern(page, pattern);
    if (urls.kindHashOf(page) === before) return;
    const admitted = rows.get(visit, visitField.admitted);
    const network = rows.get(visit, visitField.network);
    const place = placeOf(this.#model, row, visit);
    rows.set(visit, visitField.admitted, pages.contexts.visitKind(place, network, admitted));
  }

  #open(
    place: Place,
    cameFrom: number,
    network: number,
    nowMs: number,
    isLesson: boolean,
    offered: readonly string[],
  ): void {
    const { clients, pages } = this.#model;
    const { rows } = clients;
    const row = place.client;
    // The question comes before the view, as it does for who serves the page.
    const views = isLesson ? pages.contexts.viewsOf(place.page) : 0;
    const admitted = pages.contexts.visit(place, network, cameFrom);
    const earlier = PageContexts.teachesPage(admitted) ? -1 : rows.findVisit(row, place.page);
    if (earlier !== -1) {
      rows.setTime(earlier, nowMs);
      if (offered.length > 0) this.#resources.give(row, earlier, offered);
      return;
    }
    const resourceLesson = isLesson ? this.#askResources(place, views, nowMs) : 0;
    const visit = rows.open(row, place.page, nowMs);
    rows.set(visit, visitField.before, place.before);
    rows.set(visit, visitField.beforeThat, place.beforeThat);
    rows.set(visit, visitField.longBefore, place.longBefore);
    rows.set(visit, visitField.admitted, admitted);
    rows.set(visit, visitField.network, network);
    rows.set(visit, visitField.resourceLesson, resourceLesson);
    if (offered.length > 0) this.#resources.give(row, visit, offered);
    if (isLesson) {
      const lesson = pages.askLesson(place, nowMs + sessionIdleMs);
      rows.set(visit, visitField.pageLesson, lesson);
    }
  }

  #askResources(place: Place, views: number, nowMs: number): number {
    const { resources } = this.#model;
    return resources.askLesson(place, views, nowMs + resourceWindowMs);
  }

  #finishLessons(nowMs: number): void {
    const { pages, resources } = this.#model;
    let over = resources.lessons.takeDue(nowMs);
    for (; over !== undefined; over = resources.lessons.takeDue(nowMs)) resources.learn(over);
    let left = pages.lessons.takeDue(nowMs);
    for (; left !== undefined; left = pages.lessons.takeDue(nowMs)) pages.learnWhether(left);
  }
}
