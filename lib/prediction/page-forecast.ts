import { CandidateSet } from './candidate-set';
import { type ClientTable, sessionIdleMs, visitsPerClient } from './client-table';
import { consider, prepare } from './consider';
import { ContextMixer, type Lesson } from './context-mixer';
import { LessonQueue, type OpenLesson } from './lesson-queue';
import {
  pageContext,
  pageContextCount,
  PageContexts,
  type PageTables,
  type Place,
} from './page-contexts';
import { isPresent, logOddsOf } from './count-state';
import { squash, stretch } from './logistic';
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

/** How often a page was seen, in classes. */
const sizeClasses = 6;

/**
 * Aspects of a situation: none; several together; how often the page was seen; how much is known of
 * the way to it; how the session's last two steps were found; whether the session is long.
 */
const pageAspects = [1, 96, sizeClasses, 4, 16, depthClasses] as const;

/** The aspect that says how often the page was seen. */
const sizeAspect = 2;

/** The aspect that says how the last two steps were found; two bits each, the latest lowest. */
const foundAspect = 4;
const foundClasses = 4;

/** What is more certain than this is calibrated alike. */
const mostCertain = 0.99;

/** Visits of pages of its kind that count as visits of a page, to tell whether they lead anywhere. */
const mostLikened = 4;

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
  /** Whether visitors go anywhere, from how many of the page's visitors did. */
  readonly whether = new PlattScaling([sizeClasses, 1, foundClasses, depthClasses]);
  readonly calibration = new ProbabilityMap(rankClasses);
  readonly candidates = new CandidateSet(maxCandidates, inputCount, pageAspects.length);
  readonly lessons: LessonQueue;
  readonly #urls: UrlTable;
  readonly #clients: ClientTable;
  readonly contexts: PageContexts;
  readonly #scaled = new Uint8Array(4);
  /** Log odds that visitors of the page last gathered for go anywhere, as its visits tell. */
  #leaving = 0;
  /** Chance that the visitor goes anywhere. */
  #goes = 1;
  readonly #chanceOf = (score: number, rank: number): number =>
    this.#goes *
    this.calibration.chance(
      rank,
      this.scaling.logOdds(
        this.#scalingOf(this.candidates.situation, rank),
        amongGoers(squash(score), this.#goes),
      ),
    );
  readonly #rows = new Int32Array(pageContextCount);
  readonly #errors = new Float64Array(maxCandidates);

  constructor({ urls, clients, maxBytes }: ForecastInit, tables: PageTables) {
    this.#urls = urls;
    this.#clients = clients;
    this.contexts = new PageContexts(urls, tables);
    const perLesson = LessonQueue.bytesPerLesson(this.candidates);
    this.lessons = new LessonQueue(Math.floor(maxBytes / perLesson), this.candidates);
  }

  /** All that was learned of how to weigh evidence; nothing of any site in particular. */
  get experience(): readonly Float32Array[] {
    const { mixer, scaling, calibration, whether } = this;
    return [mixer, scaling, calibration, whether].flatMap(({ experience }) => experience);
  }

  get bytes(): number {
    return (
      this.mixer.bytes +
      this.scaling.bytes +
      this.whether.bytes +
      this.calibration.bytes +
      this.candidates.bytes +
      this.lessons.bytes
    );
  }

  /** Fills {@link candidates} with their chances, best first. @returns How many. */
  ask(place: Place, limit: number): number {
    this.gather(place);
    this.mixer.mix(this.candidates, this.candidates.scores);
    const { situation } = this.candidates;
    this.#goes = this.#goesFrom(situation, this.#leaving);
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
    if (place.client !== -1) candidates.presume(historyInput, 1 + length);
    for (const source of this.contexts.sources) {
      consider(candidates, source, this.#rows[source.input] ?? -1, this.#urls);
      if (source.input === pageContext.page && place.client >= 0)
        this.#addHistory(place, views, length);
    }
    this.#relate(place);
    this.#describe(candidates.situation, place.client);
  }

  /** What is to be noted with a lesson for {@link learnWhether}. */
  get leaving(): number {
    return this.#leaving;
  }

  /**
   * Learns where a visitor went as soon as he did, as a chance among those who go somewhere: how
   * many do is not known before those who do not are.
   */
  learnWhere(lesson: OpenLesson): void {
    const { scores, chances, order, classes } = this.candidates;
    const { size, outcomes, situation, note } = lesson;
    const sum = this.#mix(lesson);
    const goes = this.#goesFrom(situation, note);
    classify(scores, size, order, classes);
    for (let at = 0; at < size; at++) {
      const rank = classes[at] ?? 0;
      const scaled = this.#scalingOf(situation, rank);
      const score = amongGoers(chances[at] ?? 0, goes);
      const happened = outcomes[at] === 1;
      this.calibration.learn(rank, this.scaling.logOdds(scaled, score), happened);
      if (rank < rankClasses - 1) this.scaling.learn(scaled, score, happened);
      this.#errors[at] = (happened ? 1 : 0) - (chances[at] ?? 0) / sum;
    }
    if (outcomes.includes(1)) this.mixer.correct(lesson, this.#errors, false);
  }

  /** Learns whether a visitor went anywhere, and anywhere known, from a lesson that is due. */
  learnWhether(lesson: OpenLesson): void {
    const { situation, note, isFlagged, outcomes, size } = lesson;
    this.whether.learn(this.#whetherOf(situation), note, isFlagged);
    const sum = this.#mix(lesson);
    const excess = outcomes.includes(1) ? 1 - 1 / sum : 1;
    for (let at = 0; at < size; at++) {
      this.#errors[at] = -excess * (this.candidates.chances[at] ?? 0);
    }
    this.mixer.correct(lesson, this.#errors, true);
  }

  /** Finds scores and chances anew. @returns The sum of all chances. */
  #mix(lesson: Lesson): number {
    const { scores, chances } = this.candidates;
    this.mixer.mix(lesson, scores);
    let sum = 0;
    for (let at = 0; at < lesson.size; at++) sum += chances[at] = squash(scores[at] ?? 0);
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
      candidates.set(at, historyInput, 10 + step * 5 + length);
    }
  }

  /** Whether a candidate is of the page's kind, and what links there say of it. */
  #relate({ kind }: Place): void {
    const { candidates } = this;
    for (let place = 0; place < candidates.size; place++) {
      const id = candidates.ids[place] ?? 0;
      const isAlike = this.#urls.kindHashOf(id) === kind ? 1 : 0;
      const isLinked = isPresent(candidates.get(place, pageContext.page)) ? 2 : 0;
      const isKnown = isPresent(candidates.get(place, pageContext.site)) ? 4 : 0;
      candidates.set(place, relationInput, 1 + isAlike + isLinked + isKnown);
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
    situation[sizeAspect] = size;
    situation[3] = depth;
    situation[foundAspect] = found;
    situation[depthAspect] = client < 0 ? 0 : depthClass(this.#clients.depthOf(client));
    this.#leaving = this.#leavingOf(total);
  }

  /** From the page's visits before this one, and from few of its kind. */
  #leavingOf(total: number): number {
    const visits = Math.max(0, total - 1);
    const kind = this.#total(pageContext.kind);
    const likened = Math.min(mostLikened, kind);
    const alike = kind === 0 ? 0 : (likened * this.#uses(pageContext.kind)) / kind;
    return logOddsOf(this.#uses(pageContext.page) + alike, visits + likened);
  }

  #uses(context: number): number {
    const row = this.#rows[context] ?? -1;
    return row === -1 ? 0 : (this.contexts.sources[context]?.table.usesOf(row) ?? 0);
  }

  #total(context: number): number {
    const row = this.#rows[context] ?? -1;
    return row === -1 ? 0 : (this.contexts.sources[context]?.table.totalOf(row) ?? 0);
  }

  /** Chance that a visitor goes anywhere. */
  #goesFrom(situation: Uint8Array, leaving: number): number {
    return squash(this.whether.logOdds(this.#whetherOf(situation), leaving));
  }

  /** Whether visitors go on depends on the last step and the depth, too. */
  #whetherOf(situation: Uint8Array): Uint8Array {
    return this.#scalingOf(situation, situation[sizeAspect] ?? 0);
  }

  /** Guesses are scaled by their rank, by how the step before was found and how deep in a session. */
  #scalingOf(situation: Uint8Array, first: number): Uint8Array {
    const scaled = this.#scaled;
    scaled[0] = first;
    scaled[2] = (situation[foundAspect] ?? 0) % foundClasses;
    scaled[3] = situation[depthAspect] ?? 0;
    return scaled;
  }
}

/** Log odds, among those who go anywhere, of a chance among all. */
function amongGoers(chance: number, goes: number): number {
  return stretch(Math.min(mostCertain, chance / goes));
}

function depthClass(pages: number): number {
  if (pages < 4) return Math.max(1, pages);
  return pages < 7 ? 4 : pages < 13 ? 5 : pages < 30 ? 6 : 7;
}
