import type { CandidateSet } from './candidate-set';
import { ContextMixer, unproven } from './context-mixer';
import { LessonQueue, type OpenLesson } from './lesson-queue';
import { squash, stretch } from './logistic';
import type { ForecastInit } from './page-forecast';
import type { Place } from './place';
import { ProbabilityMap } from './probability-map';
import { ResourceContexts } from './resource-contexts';
import {
  cellsPerClass,
  clientClasses,
  resourceInputs,
  ResourceQuestion,
  resourceSituations,
  shareClasses,
} from './resource-question';
import { classify, rankClasses, settle } from './settle';
import type { SuccessorTable } from './successor-table';

/** Log odds taken off for each resource that usually comes before. */
const lateness = 0.02;

/**
 * Which subresources a view of a page will ask for.
 *
 * Two questions: will the browser ask for anything, or has it all (or is it a robot); and if it
 * asks, for what. The first is answered by what this client did before and by how many of the
 * page's views asked; the second by what {@link ResourceQuestion} gathers. Without a client the first
 * is taken to be yes.
 */
export class ResourceForecast {
  readonly contexts: ResourceContexts;
  readonly mixer = new ContextMixer({ inputs: resourceInputs, aspects: [resourceSituations] });
  readonly calibration = new ProbabilityMap(rankClasses);
  /** For unknown clients, whatever the rank: what is offered must not depend on what others did. */
  readonly coldCalibration = new ProbabilityMap(1);
  readonly lessons: LessonQueue;
  /** Chance that a view asks for anything, by class of client and by what is known of the page. */
  readonly askChances = new Float32Array(clientClasses * cellsPerClass).fill(0.5);
  readonly askLessons = new Float32Array(clientClasses * cellsPerClass);
  readonly #question: ResourceQuestion;
  readonly #errors: Float64Array;

  constructor(
    { urls, clients, maxBytes }: ForecastInit,
    table: SuccessorTable,
    recent: SuccessorTable,
  ) {
    this.contexts = new ResourceContexts(urls, table, recent);
    this.#question = new ResourceQuestion(urls, clients, this.contexts);
    this.#errors = new Float64Array(this.candidates.capacity);
    const perLesson = LessonQueue.bytesPerLesson(this.candidates);
    this.lessons = new LessonQueue(Math.floor(maxBytes / perLesson), this.candidates);
    for (let at = 0; at < this.askChances.length; at++) {
      const share = at % shareClasses;
      this.askChances[at] = share >= 10 ? 0.5 : (share + 1) / 11;
    }
  }

  /** What was asked about last. */
  get candidates(): CandidateSet {
    return this.#question.candidates;
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

  get bytes(): number {
    const { mixer, calibration, candidates, lessons } = this;
    const asks = this.askChances.length * 8;
    return mixer.bytes + 2 * calibration.bytes + candidates.bytes + lessons.bytes + asks;
  }

  /** Fills {@link candidates} with their chances, best first. @returns How many. */
  ask(place: Place, pageViews: number, limit: number): number {
    this.#question.gather(place, pageViews);
    const { candidates, askCell } = this.#question;
    this.mixer.mix(candidates, candidates.scores);
    this.#favourEarly();
    if (place.client === -1) {
      return settle(candidates, limit, (score) => this.coldCalibration.chance(0, score));
    }
    const asks = this.askChances[askCell] ?? 0.5;
    return settle(candidates, limit, (score, rank) =>
      this.calibration.chance(rank, stretch(squash(score) * asks)),
    );
  }

  /** Asks in order to learn, until `dueMs`. @returns The number of the lesson. */
  askLesson(place: Place, pageViews: number, dueMs: number): number {
    this.#question.gather(place, pageViews);
    return this.lessons.ask(this.candidates, dueMs, this.#question.askCell);
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

  /** Views that are cut short, and those of which much is cached, ask for what comes first. */
  #favourEarly(): void {
    const { scores, usualOrders, size } = this.candidates;
    for (let at = 0; at < size; at++) {
      scores[at] = (scores[at] ?? 0) - lateness * (usualOrders[at] ?? 0);
    }
  }
}
