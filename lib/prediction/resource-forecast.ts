import { CandidateSet } from './candidate-set';
import { type ClientTable, fetchesPerClient } from './client-table';
import { consider, prepare } from './consider';
import type { Source } from './consider';
import { contextKey } from './context-key';
import { ContextMixer, unproven } from './context-mixer';
import { depthOf, sharedFolders } from './folders';
import { LessonQueue, type OpenLesson } from './lesson-queue';
import { squash, stretch } from './logistic';
import type { Place } from './page-contexts';
import type { ForecastInit } from './page-forecast';
import { ProbabilityMap } from './probability-map';
import { classify, rankClasses, settle } from './settle';
import type { SuccessorTable } from './successor-table';
import type { UrlTable } from './url-table';

/** Contexts, in the order in which their targets become candidates; also inputs of the mixer. */
const contexts = { page: 0, kind: 1, recent: 2, site: 3 } as const;
export const resourceContextCount = 4;

/** Inputs of the mixer that are no contexts. */
const hadInput = resourceContextCount;
const typeInput = resourceContextCount + 1;
const folderInput = resourceContextCount + 2;
const inputCount = resourceContextCount + 3;

const maxCandidates = 64;

/** Log odds taken off for each resource that usually comes before. */
const lateness = 0.01;

/** Classes of clients by what they asked for before, and what stands for an unknown one. */
const clientClasses = 6;

/**
 * Which subresources a view of a page will ask for.
 *
 * Two questions: will the browser ask for anything, or has it all (or is it a robot); and if it
 * asks, for what. The first is answered by what this client did before and by how many of the
 * page's views asked; the second mixes what views of this page, of its kind and of the site asked
 * for, and what this client already has. Without a client the first is taken to be yes.
 */
export class ResourceForecast {
  readonly mixer = new ContextMixer({ inputs: inputCount, aspects: [18] });
  readonly calibration = new ProbabilityMap(rankClasses);
  /** For unknown clients, whatever the rank: what is offered must not depend on what others did. */
  readonly coldCalibration = new ProbabilityMap(1);
  readonly candidates = new CandidateSet(maxCandidates, inputCount, 1);
  readonly lessons: LessonQueue;
  /** Chance that a view asks for anything, by class of client and by what is known of the page. */
  readonly askChances = new Float32Array(clientClasses * 36).fill(0.5);
  readonly askLessons = new Float32Array(clientClasses * 36);
  readonly #urls: UrlTable;
  readonly #clients: ClientTable;
  readonly #sources: readonly Source[];
  readonly #keys = new Int32Array(resourceContextCount);
  readonly #rows = new Int32Array(resourceContextCount);
  readonly #errors = new Float64Array(maxCandidates);
  #askCell = 0;

  constructor(
    { urls, clients, maxBytes }: ForecastInit,
    table: SuccessorTable,
    recent: SuccessorTable,
  ) {
    this.#urls = urls;
    this.#clients = clients;
    this.#sources = [
      { table, most: 48 },
      { table, most: 24 },
      { table: recent, most: 16 },
      { table, most: 24 },
    ].map((source, input) => ({ ...source, input, reads: source.table.width }));
    const perLesson = LessonQueue.bytesPerLesson(this.candidates);
    this.lessons = new LessonQueue(Math.floor(maxBytes / perLesson), this.candidates);
    for (let at = 0; at < this.askChances.length; at++) {
      const share = at % 12;
      this.askChances[at] = share >= 10 ? 0.5 : (share + 1) / 11;
    }
  }

  /** All that was learned of how to weigh evidence; nothing of any site in particular. */
  get experience(): readonly Float32Array[] {
    const { mixer, calibration, coldCalibration, askChances, askLessons } = this;
    return [
      ...mixer.experience,
      ...calibration.experience,
      ...coldCalibration.experience,
      askChances,
      askLessons,
    ];
  }

  /** What is known about whether the view last gathered for asks for anything. */
  get askCell(): number {
    return this.#askCell;
  }

  get bytes(): number {
    const { mixer, calibration, candidates, lessons } = this;
    const asks = this.askChances.length * 8;
    return mixer.bytes + 2 * calibration.bytes + candidates.bytes + lessons.bytes + asks;
  }

  /** Key of a page's context by the hash of its URL. */
  static keyOfPage(hash: number): number {
    return contextKey(hash, 11);
  }

  /** Counts a view that asked for something; `held` is what it was given without asking. */
  visitAsked(place: Place, admitted: number, held: readonly number[]): void {
    const keys = this.#keysOf(place);
    for (const { table, input } of this.#sources) {
      const row = (admitted & (1 << input)) === 0 ? -1 : table.find(keys[input] ?? 0);
      if (row === -1) continue;
      table.addVisit(row);
      for (const id of held) table.hold(row, id);
    }
  }

  /** @returns The contexts a view may teach, one bit each. */
  admit(place: Place, client: number): number {
    const keys = this.#keysOf(place);
    let admitted = 0;
    for (const { table, input } of this.#sources) {
      if (table.admits(table.insert(keys[input] ?? 0), client)) admitted |= 1 << input;
    }
    return admitted;
  }

  teach(place: Place, admitted: number, resource: number, order: number): void {
    const keys = this.#keysOf(place);
    for (const { table, input } of this.#sources) {
      const row = (admitted & (1 << input)) === 0 ? -1 : table.find(keys[input] ?? 0);
      if (row !== -1) table.addUse(row, resource, order);
    }
  }

  /** Fills {@link candidates} with their chances, best first. @returns How many. */
  ask(place: Place, pageViews: number, limit: number): number {
    this.gather(place, pageViews);
    this.mixer.mix(this.candidates, this.candidates.scores);
    this.#favourEarly();
    if (place.client === -1) {
      return settle(this.candidates, limit, (score) => this.coldCalibration.chance(0, score));
    }
    const asks = this.askChances[this.#askCell] ?? 0.5;
    return settle(this.candidates, limit, (score, rank) =>
      this.calibration.chance(rank, stretch(squash(score) * asks)),
    );
  }

  gather(place: Place, pageViews: number): void {
    const { candidates } = this;
    const keys = this.#keysOf(place);
    candidates.clear();
    for (const source of this.#sources) {
      const row = source.table.find(keys[source.input] ?? 0);
      this.#rows[source.input] = row;
      prepare(candidates, source, row);
    }
    const cls = this.#clientClass(place.client);
    if (place.client !== -1) candidates.presume(hadInput, 1 + cls);
    for (const source of this.#sources) {
      consider(candidates, source, this.#rows[source.input] ?? -1, this.#urls);
    }
    if (place.client >= 0) this.#markHad(place.client, cls);
    const page = this.#rows[contexts.page] ?? -1;
    const asked = page === -1 ? 0 : (this.#sources[contexts.page]?.table.provenOf(page) ?? 0);
    this.#markTypes(cls, asked);
    this.#markFolders(place.folders, asked);
    candidates.situation[0] = cls * 3 + (asked < 1 ? 0 : asked < 4 ? 1 : 2);
    const share = pageViews < 1 ? 10 : Math.min(9, Math.floor((asked / (pageViews + 0.5)) * 10));
    const trust = pageViews < 3 ? 0 : pageViews < 12 ? 1 : 2;
    this.#askCell = cls * 36 + trust * 12 + share;
  }

  /** Learns from a view that is over. What it was given unasked proves nothing. */
  learn(lesson: OpenLesson): void {
    const { outcomes, size, note: cell, isFlagged } = lesson;
    const isUnoffered = !outcomes.includes(unproven);
    const hasAsked = outcomes.includes(1) || isFlagged;
    const asks = this.askChances[cell] ?? 0.5;
    if (isUnoffered) this.#learnAsks(cell, hasAsked);
    const { scores, order, classes } = this.candidates;
    this.mixer.mix(lesson, scores);
    classify(scores, size, order, classes);
    for (let at = 0; at < size; at++) {
      const outcome = outcomes[at];
      if (outcome === unproven) continue;
      const score = scores[at] ?? 0;
      const happened = outcome === 1;
      const rank = classes[at] ?? 0;
      if (isUnoffered) this.calibration.learn(rank, stretch(squash(score) * asks), happened);
      if (!hasAsked) continue;
      this.coldCalibration.learn(0, score, happened);
      this.#errors[at] = (happened ? 1 : 0) - squash(score);
    }
    if (hasAsked) this.mixer.learn(lesson, this.#errors, outcomes);
  }

  #learnAsks(cell: number, hasAsked: boolean): void {
    const lessons = (this.askLessons[cell] ?? 0) + 1;
    this.askLessons[cell] = lessons;
    const chance = this.askChances[cell] ?? 0.5;
    const rate = Math.max(0.01, 1 / (lessons + 3));
    this.askChances[cell] = chance + ((hasAsked ? 1 : 0) - chance) * rate;
  }

  /** First view; asked last time; asked before that; never in one view; never in several. */
  #clientClass(client: number): number {
    if (client < 0) return 0;
    const views = this.#clients.viewsOf(client);
    const bits = this.#clients.askedBitsOf(client);
    if (views === 0) return 0;
    if ((bits & 1) !== 0) return 1;
    if ((bits & 2) !== 0) return 2;
    if (bits !== 0) return 3;
    return views === 1 ? 4 : 5;
  }

  #markHad(client: number, cls: number): void {
    const { candidates } = this;
    const views = this.#clients.viewsOf(client);
    for (let at = 0; at < fetchesPerClient; at++) {
      const id = this.#clients.fetchAt(client, at);
      if (id === 0) break;
      const place = candidates.find(id);
      if (place === -1) continue;
      const back = (views - this.#clients.fetchViewAt(client, at)) & 0xffff;
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

  /** Views that are cut short, and those of which much is cached, ask for what comes first. */
  #favourEarly(): void {
    const { scores, usualOrders, size } = this.candidates;
    for (let at = 0; at < size; at++) {
      scores[at] = (scores[at] ?? 0) - lateness * (usualOrders[at] ?? 0);
    }
  }

  /** How near to the page a resource lies: folders in common, and folders beyond those. */
  #markFolders(page: number, asked: number): void {
    const { candidates } = this;
    const known = asked < 1 ? 0 : asked < 4 ? 1 : 2;
    for (let place = 0; place < candidates.size; place++) {
      const resource = this.#urls.foldersOf(candidates.ids[place] ?? 0);
      const shared = sharedFolders(page, resource);
      const beyond = depthOf(resource) - shared;
      candidates.set(place, folderInput, 1 + (known * 4 + shared) * 4 + beyond);
    }
  }

  #keysOf({ page, kind }: Place): Int32Array {
    const keys = this.#keys;
    keys[contexts.page] = ResourceForecast.keyOfPage(this.#urls.hashOf(page));
    keys[contexts.kind] = contextKey(kind, 12);
    keys[contexts.recent] = 13;
    keys[contexts.site] = 13;
    return keys;
  }
}
