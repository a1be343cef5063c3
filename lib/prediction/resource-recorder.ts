import { fetchesPerClient, visitField } from './client-rows';
import type { NavigationModel } from './navigation-model';
import { placeOf } from './place';

/** Subresources given unasked that are remembered of one view. */
const maxOffered = 32;

/** Tells a model what views asked for, and what they were given without asking. */
export class ResourceRecorder {
  readonly #model: NavigationModel;

  constructor(model: NavigationModel) {
    this.#model = model;
  }

  /** A subresource was asked for; each counts once a view. */
  count(row: number, visit: number, resource: number): void {
    const { clients, resources } = this.#model;
    const { rows } = clients;
    const view = rows.get(visit, visitField.view);
    const lesson = rows.get(visit, visitField.resourceLesson);
    const place = placeOf(this.#model, row, visit);
    let admitted = rows.get(visit, visitField.admittedResources);
    if (admitted === -1) {
      const network = rows.get(visit, visitField.network);
      admitted = resources.contexts.visit(place, network, this.#givenIn(row, view));
      rows.set(visit, visitField.admittedResources, admitted);
      rows.noteAsked(row, view);
      resources.lessons.flag(lesson);
    }
    if (rows.hasFetched(row, view, resource)) return;
    rows.addFetch(row, view, resource);
    resources.lessons.mark(lesson, resource, 1);
    const order = rows.get(visit, visitField.asked);
    rows.set(visit, visitField.asked, order + 1);
    resources.contexts.teach(place, admitted, resource, order);
  }

  /** That a view asks for what it was given, or does not, proves nothing. */
  give(row: number, visit: number, offered: readonly string[]): void {
    const { urls, clients, resources } = this.#model;
    const { rows } = clients;
    const view = rows.get(visit, visitField.view);
    const lesson = rows.get(visit, visitField.resourceLesson);
    for (const url of offered.slice(-maxOffered)) {
      const id = urls.find(url);
      if (id === 0 || rows.hasFetched(row, view, id)) continue;
      rows.addFetch(row, view, id);
      resources.lessons.mark(lesson, id, 2);
    }
  }

  #givenIn(row: number, view: number): number[] {
    const { rows } = this.#model.clients;
    const found: number[] = [];
    for (let at = 0; at < fetchesPerClient; at++) {
      if (rows.fetchViewAt(row, at) !== (view & 0xffff)) continue;
      const id = rows.fetchAt(row, at);
      if (id !== 0) found.push(id);
    }
    return found;
  }
}
