import { CandidateSet } from './candidate-set';
import { type ClientTable, sessionIdleMs, visitsPerClient } from './client-table';
import { consider, prepare } from './consider';
import { ContextMixer } from './context-mixer';
import { LessonQueue, type OpenLesson } from './lesson-queue';
import {
  pageContext,
  pageContextCount,
  PageContexts,
  type PageTables,
  type Place,
} from './page-contexts';
import { squash } from './logistic';
import { PlattScaling } from './platt-scaling';
import { ProbabilityMap } from './probability-map';
import { classify, rankClasses, settle } from './settle';
import type { UrlTable } from './url-table';

/** Inputs of the mixer that are no contexts. */
const historyInput = pageContextCount;
const relationInput = pageContextCount + 1;
const inputCount = pageContextCount + 2;

/** Pages of a session so far, in classes; 0 for unknown visitors. */
const depthClasses = 8;
const depthAspect = 5;

/**
 * Aspects of a situation: none; several together; how often the page was seen; how much is known of
 * the way to it; how the session's last two steps were found; whether the session is long.
 */
const pageAspects = [1, 96, 6, 4, 16, depthClasses] as const;

/** The aspect that says how the last two steps were found; two bits each, the latest lowest. */
const foundAspect = 4;
const foundClasses = 4;

/** Next pages considered at once. */
const maxCandidates = 40;

export interface ForecastInit {
  readonly urls: UrlTable;
  readonly clients: ClientTable;
  readonly maxBytes: number;
}

/**
 * Which page comes next.
 *
 * Mixes ({@link ContextMixer}) what came after this page and the ones before ({@link PageContexts}),
 * what else visitors went to from earlier pages, and whether the visitor has been there in this
 * session, since people go back.
 */
export class PageForecast {
  readonly mixer = new ContextMixer({ inputs: inputCount, aspects: pageAspects });
  readonly scaling = new PlattScaling([rankClasses, 1, foundClasses, depthClasses]);
  readonly calibration = new ProbabilityMap(rankClasses);
  readonly candidates = new CandidateSet(maxCandidates, inputCount, pageAspects.length);
  readonly lessons: LessonQueue;
  readonly #urls: UrlTable;
  readonly #clients: ClientTable;
  readonly contexts: PageContexts;
  readonly #scaled = new Uint8Array(4);
  readonly #chanceOf = (score: number, rank: number): number =>
    this.calibration.chance(
      rank,
      this.scaling.logOdds(this.#scalingOf(this.candidates.situation, rank), score),
    );
  readonly #rows = new Int32Array(pageContextCount);

  constructor({ urls, clients, maxBytes }: ForecastInit, tables: PageTables) {
    this.#urls = urls;
    this.#clients = clients;
    this.contexts = new PageContexts(urls, tables);
    const perLesson = LessonQueue.bytesPerLesson(this.candidates);
    this.lessons = new LessonQueue(Math.floor(maxBytes / perLesson), this.candidates);
  }

  /** All that was learned of how to weigh evidence; nothing of any site in particular. */
  get experience(): readonly Float32Array[] {
    return [...this.mixer.experience, ...this.scaling.experience, ...this.calibration.experience];
  }

  get bytes(): number {
    return (
      this.mixer.bytes +
      this.scaling.bytes +
      this.calibration.bytes +
      this.candidates.bytes +
      this.lessons.bytes
    );
  }

  /** Fills {@link candidates} with their chances, best first. @returns How many. */
  ask(place: Place, limit: number): number {
    this.gather(place);
    this.mixer.mix(this.candidates, this.candidates.scores);
    return settle(this.candidates, limit, this.#chanceOf);
  }

  gather(place: Place): void {
    const { candidates } = this;
    const keys = this.contexts.keysOf(place);
    candidates.clear();
    for (const source of this.contexts.sources) {
      const key = keys[source.input] ?? 0;
      const row = key === 0 ? -1 : source.table.find(key);
      this.#rows[source.input] = row;
      prepare(candidates, source, row);
    }
    const views = place.client < 0 ? 0 : this.#clients.viewsOf(place.client);
    const length = views < 3 ? views : views < 6 ? 3 : 4;
    candidates.baseStates[historyInput] = place.client === -1 ? 0 : 1 + length;
    candidates.baseStates[relationInput] = 1;
    for (const source of this.contexts.sources) {
      consider(candidates, source, this.#rows[source.input] ?? -1, this.#urls);
      if (source.input === pageContext.page && place.client >= 0)
        this.#addHistory(place, views, length);
    }
    this.#relate(place);
    this.#describe(candidates.situation, place.client);
  }

  /**
   * Learns where a visitor went as soon as he did, as a chance among those who go somewhere: how
   * many do is not known before those who do not are.
   */
  learnWhere(lesson: OpenLesson): void {
    const { size, outcomes } = lesson;
    if (!outcomes.includes(1)) return;
    const sum = this.#mix(lesson);
    for (let at = 0; at < size; at++) {
      const score = this.candidates.scores[at] ?? 0;
      lesson.scores[at] = score;
      const chance = squash(score) / sum;
      this.mixer.correct(lesson, at, (outcomes[at] === 1 ? 1 : 0) - chance, false);
    }
    this.mixer.endLesson(lesson.situation);
  }

  /** Learns whether a visitor went anywhere known, from a lesson that is due. */
  learnWhether(lesson: OpenLesson): void {
    const { scores, order, classes } = this.candidates;
    const { size, outcomes, situation } = lesson;
    const sum = this.#mix(lesson);
    const went = outcomes.includes(1) ? 1 / sum : 0;
    const said = went > 0 ? lesson.scores : scores;
    classify(said, size, order, classes);
    for (let at = 0; at < size; at++) {
      const rank = classes[at] ?? 0;
      const scaled = this.#scalingOf(situation, rank);
      const score = said[at] ?? 0;
      this.calibration.learn(rank, this.scaling.logOdds(scaled, score), outcomes[at] === 1);
      if (rank < rankClasses - 1) this.scaling.learn(scaled, score, outcomes[at] === 1);
      const chance = squash(scores[at] ?? 0);
      this.mixer.correct(lesson, at, chance * went - chance, true);
    }
    this.mixer.endLesson(situation);
  }

  /** @returns The sum of all chances. */
  #mix(lesson: OpenLesson): number {
    const { scores } = this.candidates;
    this.mixer.mix(lesson, scores);
    let sum = 0;
    for (let at = 0; at < lesson.size; at++) sum += squash(scores[at] ?? 0);
    return sum;
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
      const isLinked = (candidates.states[first + pageContext.page] ?? 0) > 12 ? 2 : 0;
      const isKnown = (candidates.states[first + pageContext.site] ?? 0) > 12 ? 4 : 0;
      candidates.set(place, relationInput, 1 + isAlike + isLinked + isKnown, 0);
    }
  }

  #describe(situation: Uint8Array, client: number): void {
    const total = this.#total(pageContext.page);
    const size =
      total < 2 ? 0 : total < 4 ? 1 : total < 8 ? 2 : total < 32 ? 3 : total < 128 ? 4 : 5;
    const pair = this.#total(pageContext.pair);
    const depth = this.#total(pageContext.triple) >= 3 ? 3 : pair >= 3 ? 2 : pair >= 2 ? 1 : 0;
    const found = client < 0 ? 0 : this.#clients.foundBitsOf(client) & 15;
    situation[1] = (size * 4 + depth) * 4 + (found & 3);
    situation[2] = size;
    situation[3] = depth;
    situation[foundAspect] = found;
    situation[depthAspect] = client < 0 ? 0 : depthClass(this.#clients.depthOf(client));
  }

  #total(context: number): number {
    const row = this.#rows[context] ?? -1;
    return row === -1 ? 0 : (this.contexts.sources[context]?.table.totalOf(row) ?? 0);
  }

  /** Guesses are scaled by their rank, by how the step before was found and how deep in a session. */
  #scalingOf(situation: Uint8Array, rank: number): Uint8Array {
    const scaled = this.#scaled;
    scaled[0] = rank;
    scaled[2] = (situation[foundAspect] ?? 0) % foundClasses;
    scaled[3] = situation[depthAspect] ?? 0;
    return scaled;
  }
}

function depthClass(pages: number): number {
  if (pages < 4) return Math.max(1, pages);
  return pages < 7 ? 4 : pages < 13 ? 5 : pages < 30 ? 6 : 7;
}
