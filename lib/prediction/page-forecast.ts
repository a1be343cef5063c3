import { CandidateSet } from './candidate-set';
import { type ClientTable, visitsPerClient } from './client-table';
import { consider, prepare } from './consider';
import type { Source } from './consider';
import { contextKey } from './context-key';
import { ContextMixer } from './context-mixer';
import { LessonQueue, type OpenLesson } from './lesson-queue';
import { ProbabilityMap } from './probability-map';
import { classify, rankClasses, settle } from './settle';
import type { SuccessorTable } from './successor-table';
import type { UrlTable } from './url-table';

/** Contexts, in the order in which their targets become candidates; also inputs of the mixer. */
const contexts = {
  triple: 0,
  pair: 1,
  page: 2,
  skip: 3,
  window: 4,
  kind: 5,
  recent: 6,
  site: 7,
  sibling: 8,
  sibling2: 9,
  sibling3: 10,
  window1: 11,
  window2: 12,
} as const;
const contextCount = 13;
const taughtCount = 8;

/** Inputs of the mixer that are no contexts. */
const historyInput = contextCount;
const relationInput = contextCount + 1;
const inputCount = contextCount + 2;

/**
 * Aspects of a situation: none, all together, how often the page was seen, how much is known of the way to
 * it, how the session's last two steps were found, and whether the session is long.
 */
const pageAspects = [1, 96, 6, 4, 16, 2] as const;

/** Key of the context that is the whole site. */
const siteKey = 5;

/** Next pages considered at once. */
const maxCandidates = 40;

const sessionIdleMs = 30 * 60_000;

/** A page somebody is on, and how he came there. */
export interface Place {
  readonly page: number;
  /** 0 if this is the first. */
  readonly before: number;
  readonly beforeThat: number;
  /** Hash of the route pattern of the page, or of what stands for it. */
  readonly kind: number;
  /** Row of the client, -1 if unknown. */
  readonly client: number;
  /** Three pages back, or 0. */
  readonly longBefore: number;
}

/** Tables of long lists, of short lists, and of lists that forget fast. */
export interface PageTables {
  readonly wide: SuccessorTable;
  readonly narrow: SuccessorTable;
  readonly recent: SuccessorTable;
}

export interface ForecastInit {
  readonly urls: UrlTable;
  readonly clients: ClientTable;
  readonly maxBytes: number;
}

/**
 * Which page comes next.
 *
 * Mixes ({@link ContextMixer}) what followed this page, the last two and the last three (as PPM
 * does: Cleary and Witten, 1984), this page of late, pages of its kind and any page of the site; what came two and
 * three steps after earlier pages (sequential rules, Kamehkhosh, Jannach and Ludewig, 2017); and
 * whether the visitor has been there in this session, since people go back.
 */
export class PageForecast {
  readonly mixer = new ContextMixer({ inputs: inputCount, aspects: pageAspects });
  readonly calibration = new ProbabilityMap(rankClasses);
  readonly candidates = new CandidateSet(maxCandidates, inputCount, pageAspects.length);
  readonly lessons: LessonQueue;
  readonly #urls: UrlTable;
  readonly #clients: ClientTable;
  readonly #sources: readonly Source[];
  readonly #chanceOf = (score: number, rank: number): number =>
    this.calibration.chance(rank, score);
  readonly #keys = new Int32Array(contextCount);
  readonly #rows = new Int32Array(contextCount);

  constructor({ urls, clients, maxBytes }: ForecastInit, tables: PageTables) {
    this.#urls = urls;
    this.#clients = clients;
    const { wide, narrow, recent } = tables;
    this.#sources = [
      { table: narrow, most: 10 },
      { table: narrow, most: 10 },
      { table: wide, most: 24 },
      { table: wide, most: 6 },
      { table: wide, most: 6 },
      { table: wide, most: 6 },
      { table: recent, most: 4 },
      { table: wide, most: 6 },
      { table: wide, most: 6 },
      { table: wide, most: 6 },
      { table: wide, most: 6 },
      { table: wide, most: 6 },
      { table: wide, most: 6 },
    ].map((source, input) => ({ ...source, input }));
    const perLesson = LessonQueue.bytesPerLesson(this.candidates);
    this.lessons = new LessonQueue(Math.floor(maxBytes / perLesson), this.candidates);
  }

  /** All that was learned of how to weigh evidence; nothing of any site in particular. */
  get experience(): readonly Float32Array[] {
    return [...this.mixer.experience, ...this.calibration.experience];
  }

  /** Counts a view. @returns The contexts it may teach, one bit each, for {@link teach}. */
  visit(place: Place, client: number): number {
    const keys = this.#keysOf(place);
    let admitted = 0;
    for (let i = 0; i < taughtCount; i++) {
      const table = this.#sources[i]?.table;
      const key = keys[i] ?? 0;
      if (table === undefined || key === 0) continue;
      const row = table.insert(key);
      if (!table.admits(row, client)) continue;
      table.addVisit(row);
      admitted |= 1 << i;
    }
    return admitted;
  }

  /** Whether a visit teaches its page. */
  static teachesPage(admitted: number): boolean {
    return (admitted & (1 << contexts.page)) !== 0;
  }

  /**
   * A visitor went on to a page.
   *
   * @returns How the page was known: 3 to follow this page, 2 to follow earlier ones, 1 not at all.
   */
  teach(place: Place, admitted: number, next: number): number {
    const keys = this.#keysOf(place);
    let found = 1;
    for (let i = 0; i < taughtCount; i++) {
      const table = this.#sources[i]?.table;
      if (table === undefined) continue;
      const row = table.find(keys[i] ?? 0);
      if (row === -1) continue;
      if (i === contexts.page && table.has(row, next)) found = 3;
      if (i === contexts.window && found === 1 && table.has(row, next)) found = 2;
      if ((admitted & (1 << i)) !== 0) table.addUse(row, next);
    }
    const { before, beforeThat, longBefore } = place;
    const table = this.#sources[contexts.window]?.table;
    for (const one of [before, beforeThat, longBefore]) {
      const row = one === 0 ? -1 : (table?.find(contextKey(this.#urls.hashOf(one), 21)) ?? -1);
      if (row === -1 || table === undefined) continue;
      if (found === 1 && table.has(row, next)) found = 2;
      if ((admitted & (1 << contexts.window)) !== 0) table.addUse(row, next);
    }
    return found;
  }

  /** Whether this client may teach the mixers, which serve all pages: within its share of the site. */
  admitsLesson(client: number): boolean {
    const table = this.#sources[contexts.recent]?.table;
    return table === undefined || table.admits(table.insert(siteKey + 1), client);
  }

  /** Views of a page, aged. */
  viewsOf({ page }: Place): number {
    const table = this.#sources[contexts.page]?.table;
    const row = table?.find(PageForecast.keyOfPage(this.#urls.hashOf(page))) ?? -1;
    return table === undefined || row === -1 ? 0 : table.totalOf(row);
  }

  get bytes(): number {
    return this.mixer.bytes + this.calibration.bytes + this.candidates.bytes + this.lessons.bytes;
  }

  /** Key of a page's context by the hash of its URL. */
  static keyOfPage(hash: number): number {
    return contextKey(hash, 1);
  }

  /** Fills {@link candidates} with their chances, best first. @returns How many. */
  ask(place: Place, limit: number): number {
    this.gather(place);
    this.mixer.mix(this.candidates, this.candidates.scores);
    return settle(this.candidates, limit, this.#chanceOf);
  }

  gather(place: Place): void {
    const { candidates } = this;
    const keys = this.#keysOf(place);
    candidates.clear();
    for (const source of this.#sources) {
      const key = keys[source.input] ?? 0;
      const row = key === 0 ? -1 : source.table.find(key);
      this.#rows[source.input] = row;
      prepare(candidates, source, row);
    }
    const views = place.client < 0 ? 0 : this.#clients.viewsOf(place.client);
    const length = views < 3 ? views : views < 6 ? 3 : 4;
    candidates.baseStates[historyInput] = place.client === -1 ? 0 : 1 + length;
    candidates.baseStates[relationInput] = 1;
    for (const source of this.#sources) {
      consider(candidates, source, this.#rows[source.input] ?? -1, this.#urls);
      if (source.input === contexts.page && place.client >= 0)
        this.#addHistory(place, views, length);
    }
    this.#relate(place);
    this.#describe(candidates.situation, place.client, views > 12);
  }

  /** Learns from a lesson whose outcome is known; `next` is 0 if the session ended. */
  learn(lesson: OpenLesson, next: number): void {
    const { mixer, calibration } = this;
    const { scores, order, classes } = this.candidates;
    const { size, ids } = lesson;
    mixer.mix(lesson, scores);
    classify(scores, size, order, classes);
    for (let at = 0; at < size; at++) {
      const happened = ids[at] === next;
      calibration.learn(classes[at] ?? 0, scores[at] ?? 0, happened);
      mixer.learn(lesson, at, scores[at] ?? 0, happened);
    }
    mixer.endLesson(lesson.situation);
  }

  #addHistory(place: Place, views: number, length: number): void {
    const { candidates } = this;
    const now = this.#clients.findVisit(place.client, place.page);
    const nowMs = now === -1 ? 0 : this.#clients.timeOf(now);
    const first = place.client * visitsPerClient;
    for (let visit = first; visit < first + visitsPerClient; visit++) {
      const page = this.#clients.get(visit, 'page');
      if (page === 0 || !this.#urls.isOfferable(page)) continue;
      const at = candidates.add(page);
      if (at === -1) continue;
      const back = views - this.#clients.get(visit, 'view');
      const isOld = nowMs - this.#clients.timeOf(visit) > sessionIdleMs;
      const step = isOld
        ? 0
        : page === place.before
          ? 17
          : page === place.page
            ? 18
            : Math.min(16, back);
      candidates.set(at, historyInput, 10 + step * 5 + length, 0);
    }
  }

  /** Whether a candidate is of the page's kind, and what links there say of it. */
  #relate({ kind }: Place): void {
    const { candidates } = this;
    for (let place = 0; place < candidates.size; place++) {
      const id = candidates.ids[place] ?? 0;
      const isAlike = this.#urls.kindHashOf(id) === kind ? 1 : 0;
      const first = place * inputCount;
      const isLinked = (candidates.states[first + contexts.page] ?? 0) > 12 ? 2 : 0;
      const isKnown = (candidates.states[first + contexts.site] ?? 0) > 12 ? 4 : 0;
      candidates.set(place, relationInput, 1 + isAlike + isLinked + isKnown, 0);
    }
  }

  #describe(situation: Uint8Array, client: number, isLong: boolean): void {
    const total = this.#total(contexts.page);
    const size =
      total < 2 ? 0 : total < 4 ? 1 : total < 8 ? 2 : total < 32 ? 3 : total < 128 ? 4 : 5;
    const pair = this.#total(contexts.pair);
    const depth = this.#total(contexts.triple) >= 3 ? 3 : pair >= 3 ? 2 : pair >= 2 ? 1 : 0;
    const found = client < 0 ? 0 : this.#clients.foundBitsOf(client) & 15;
    situation[1] = (size * 4 + depth) * 4 + (found & 3);
    situation[2] = size;
    situation[3] = depth;
    situation[4] = found;
    situation[5] = isLong ? 1 : 0;
  }

  #total(context: number): number {
    const row = this.#rows[context] ?? -1;
    return row === -1 ? 0 : (this.#sources[context]?.table.totalOf(row) ?? 0);
  }

  /** Keys of the contexts of a place, 0 for those it has not. Good until the next call. */
  #keysOf({ page, before, beforeThat, longBefore, kind }: Place): Int32Array {
    const urls = this.#urls;
    const keys = this.#keys;
    const here = urls.hashOf(page);
    const there = urls.hashOf(before);
    const pair = before === 0 ? 0 : contextKey(contextKey(here, there), 2);
    keys[contexts.page] = PageForecast.keyOfPage(here);
    keys[contexts.pair] = pair;
    keys[contexts.triple] =
      beforeThat === 0 ? 0 : contextKey(contextKey(pair, urls.hashOf(beforeThat)), 3);
    keys[contexts.kind] = contextKey(kind, 4);
    keys[contexts.site] = siteKey;
    keys[contexts.recent] = contextKey(here, 9);
    keys[contexts.skip] = before === 0 ? 0 : contextKey(there, 6);
    keys[contexts.sibling] = before === 0 ? 0 : PageForecast.keyOfPage(there);
    keys[contexts.sibling2] = beforeThat === 0 ? 0 : PageForecast.keyOfPage(urls.hashOf(beforeThat));
    keys[contexts.sibling3] = longBefore === 0 ? 0 : PageForecast.keyOfPage(urls.hashOf(longBefore));
    keys[contexts.window] = contextKey(here, 21);
    keys[contexts.window1] = before === 0 ? 0 : contextKey(there, 21);
    keys[contexts.window2] = beforeThat === 0 ? 0 : contextKey(urls.hashOf(beforeThat), 21);
    return keys;
  }
}
