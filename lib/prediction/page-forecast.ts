import type { CandidateSet } from './candidate-set';
import type { ClientTable } from './client-table';
import { ContextMixer, type Lesson } from './context-mixer';
import { stateOf } from './count-state';
import { LessonQueue, type OpenLesson } from './lesson-queue';
import { squash, stretch } from './logistic';
import { PageContexts, type PageTables } from './page-contexts';
import {
  backClass,
  depthAspect,
  depthClasses,
  foundAspect,
  foundClasses,
  pageAspects,
  pageInputs,
  PageQuestion,
  pageSorts,
  sizeAspect,
  sizeClasses,
  wayClasses,
} from './page-question';
import type { Place } from './place';
import { PlattScaling } from './platt-scaling';
import { ProbabilityMap } from './probability-map';
import { classify, rankClasses, settle } from './settle';
import type { UrlTable } from './url-table';

/**
 * Chance of going back to the page before, among those who go somewhere, that is believed until the
 * site shows more: who goes to and fro is the only witness of it, in every context.
 */
const mostUnprovenReturn = 0.35;

/** What is more certain than this is calibrated alike. */
const mostCertain = 0.99;

export interface ForecastInit {
  readonly urls: UrlTable;
  readonly clients: ClientTable;
  readonly maxBytes: number;
}

/**
 * Which page comes next: what {@link PageQuestion} gathers, mixed ({@link ContextMixer}) and
 * calibrated.
 */
export class PageForecast {
  readonly contexts: PageContexts;
  readonly mixer = new ContextMixer({ inputs: pageInputs, aspects: pageAspects, sorts: pageSorts });
  readonly scaling = new PlattScaling([rankClasses, 1, foundClasses, depthClasses]);
  /** Whether visitors go anywhere, from how many of the page's visitors did. */
  readonly whether = new PlattScaling([sizeClasses, 1, foundClasses, depthClasses]);
  /** Of each class of ranks for new pages, then for the page before, then for others seen before. */
  readonly calibration = new ProbabilityMap(wayClasses * rankClasses, (curve) =>
    Math.floor(curve / rankClasses) === backClass ? mostUnprovenReturn : 1,
  );
  readonly lessons: LessonQueue;
  readonly #question: PageQuestion;
  readonly #scaled = new Uint8Array(4);
  /** Chance that the visitor goes anywhere. */
  #goes = 1;
  /** What no target is likelier than among those who go: one step elsewhere is seen beforehand. */
  #most = 1;
  readonly #chanceOf = (score: number, rank: number, place: number): number =>
    this.#goes *
    Math.min(
      this.#most,
      this.calibration.chance(
        rank + this.#calibrationOf(this.candidates.evidence, place),
        this.scaling.logOdds(
          this.#scalingOf(this.candidates.situation, rank),
          amongGoers(squash(score), this.#goes),
        ),
      ),
    );
  readonly #errors: Float64Array;

  constructor({ urls, clients, maxBytes }: ForecastInit, tables: PageTables) {
    this.contexts = new PageContexts(urls, tables);
    this.#question = new PageQuestion(urls, clients, this.contexts);
    this.#errors = new Float64Array(this.candidates.capacity);
    const perLesson = LessonQueue.bytesPerLesson(this.candidates);
    this.lessons = new LessonQueue(Math.floor(maxBytes / perLesson), this.candidates);
  }

  /** What was asked about last. */
  get candidates(): CandidateSet {
    return this.#question.candidates;
  }

  /** All that was learned of how to weigh evidence; nothing of any site in particular. */
  get experience(): readonly Float32Array[] {
    const { mixer, scaling, calibration, whether } = this;
    return [mixer, scaling, calibration, whether].flatMap(({ experience }) => experience);
  }

  get bytes(): number {
    const { mixer, scaling, whether, calibration, candidates, lessons } = this;
    const parts = [mixer, scaling, whether, calibration, candidates, lessons];
    return parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Fills {@link candidates} with their chances, best first. @returns How many. */
  ask(place: Place, limit: number): number {
    this.#question.gather(place);
    const { candidates, leaving, steps } = this.#question;
    this.#most = steps / (steps + 1);
    this.mixer.mix(candidates, candidates.scores);
    this.#goes = this.#goesFrom(candidates.situation, leaving);
    return settle(candidates, limit, this.#chanceOf);
  }

  /** Asks in order to learn, until `dueMs`. @returns The number of the lesson. */
  askLesson(place: Place, dueMs: number): number {
    this.#question.gather(place);
    return this.lessons.ask(this.candidates, dueMs, this.#question.leaving);
  }

  /** A visitor went to a page. */
  answer(number: number, page: number): void {
    this.lessons.mark(number, page, 1);
    const lesson = this.lessons.peek(number);
    if (lesson !== undefined) this.#learnWhere(lesson);
    this.lessons.flag(number);
  }

  /**
   * Learns where a visitor went as soon as he did, as a chance among those who go somewhere: how
   * many do is not known before those who do not are.
   */
  #learnWhere(lesson: OpenLesson): void {
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
      const curve = rank + this.#calibrationOf(lesson.evidence, at);
      this.calibration.learn(curve, this.scaling.logOdds(scaled, score), happened);
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

  /** First calibration of the class of pages that a candidate is of. */
  #calibrationOf(evidence: Int32Array, place: number): number {
    const said = evidence[pageSorts.input * this.candidates.capacity + place] ?? 0;
    return ((pageSorts.ofState[stateOf(said)] ?? 0) >> 1) * rankClasses;
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
