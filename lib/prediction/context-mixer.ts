import type { CandidateSet } from './candidate-set';
import { countStates, unknownState, untaughtLogOdds } from './count-state';
import { squash } from './logistic';

/** How much of the exact log odds within a class of states is believed. */
const offsetWeight = 0.8;

/** A state's chance moves by 1/n at its n-th lesson, by no less than this. */
const leastStateRate = 1 / 400;

/** Log odds that a state may move by in one lesson, and its bounds. */
const mostStep = 1.5;
const mostWorth = 7.5;

/** Rates at which weights move: at first, and in the long run. */
const mostWeightRate = 0.008;
const leastWeightRate = 0.001;

export interface MixerInit {
  readonly inputs: number;
  readonly weightSets: number;
}

/** Lessons for the mixer: candidates as they were when the question was open. */
export interface Lesson {
  readonly size: number;
  readonly states: Uint16Array;
  readonly offsets: Float32Array;
  readonly weightSet: number;
}

/**
 * Turns what several contexts say of a target into one chance: logistic mixing as in PAQ (Mahoney,
 * "Adaptive weighing of context models for lossless data compression", 2005; Mattern, "Mixing
 * strategies in data compression", DCC 2012).
 *
 * Each context gives a state (`count-state.ts`); what states are worth is learned (indirect
 * modelling), so that one use in one visit means what it proved to mean. The log odds of the
 * states are added with weights that are learned too, one row of weights for each situation.
 */
export class ContextMixer {
  readonly #inputs: number;
  /** Log odds of state `s` in context `i`, at `i * countStates + s`. */
  readonly worths: Float32Array;
  readonly lessons: Float32Array;
  readonly weights: Float32Array;
  readonly weightLessons: Float32Array;

  constructor({ inputs, weightSets }: MixerInit) {
    this.#inputs = inputs;
    this.worths = new Float32Array(inputs * countStates);
    this.lessons = new Float32Array(inputs * countStates);
    for (let at = 0; at < this.worths.length; at++) {
      this.worths[at] = untaughtLogOdds(at % countStates);
    }
    // The last weight of a row is for a constant.
    this.weights = new Float32Array(weightSets * (inputs + 1)).fill(0.35);
    this.weightLessons = new Float32Array(this.weights.length);
  }

  get bytes(): number {
    return 4 * (this.worths.length * 2 + this.weights.length * 2);
  }

  /** Pairs of what was learned and of how many lessons it took, entry by entry. */
  get experience(): readonly Float32Array[] {
    return [this.worths, this.lessons, this.weights, this.weightLessons];
  }

  /** Writes log odds to the candidates' scores. */
  mix(candidates: CandidateSet): void {
    const { states, offsets, scores, size } = candidates;
    for (let place = 0; place < size; place++) {
      scores[place] = this.#logOdds(states, offsets, place, candidates.weightSet);
    }
  }

  /** Learns from the outcome of one candidate of a lesson, given its log odds before the lesson. */
  learn(lesson: Lesson, place: number, score: number, happened: boolean): void {
    const { states, offsets, weightSet } = lesson;
    const error = (happened ? 1 : 0) - squash(score);
    const row = weightSet * (this.#inputs + 1);
    const lessons = this.weightLessons[row] ?? 0;
    const rate = Math.max(leastWeightRate, mostWeightRate / (1 + lessons / 250)) * error;
    const first = place * this.#inputs;
    for (let i = 0; i < this.#inputs; i++) {
      const state = states[first + i] ?? 0;
      if (state === unknownState) continue;
      const at = i * countStates + state;
      const offset = offsetWeight * (offsets[first + i] ?? 0);
      const worth = this.worths[at] ?? 0;
      const weight = (this.weights[row + i] ?? 0) + rate * (worth + offset);
      this.weights[row + i] = weight < 0 ? 0 : weight;
      this.#teachState(at, worth, offset, happened);
    }
    this.weights[row + this.#inputs] = (this.weights[row + this.#inputs] ?? 0) + rate;
  }

  /** Log odds of one candidate of a lesson. */
  scoreOf({ states, offsets, weightSet }: Lesson, place: number): number {
    return this.#logOdds(states, offsets, place, weightSet);
  }

  /** Ends a lesson: weights move less once a row of them has learned much. */
  endLesson(weightSet: number): void {
    const row = weightSet * (this.#inputs + 1);
    for (let at = row; at <= row + this.#inputs; at++) {
      this.weightLessons[at] = (this.weightLessons[at] ?? 0) + 1;
    }
  }

  #teachState(at: number, worth: number, offset: number, happened: boolean): void {
    const lessons = (this.lessons[at] ?? 0) + 1;
    this.lessons[at] = lessons;
    const chance = squash(worth + offset);
    const error = (happened ? 1 : 0) - chance;
    const slope = Math.max(0.02, chance * (1 - chance));
    const step = (error / slope) * Math.max(leastStateRate, 1 / (lessons + 1.5));
    const moved = worth + Math.max(-mostStep, Math.min(mostStep, step));
    this.worths[at] = Math.max(-mostWorth, Math.min(mostWorth, moved));
  }

  #logOdds(states: Uint16Array, offsets: Float32Array, place: number, weightSet: number): number {
    const row = weightSet * (this.#inputs + 1);
    const first = place * this.#inputs;
    let sum = this.weights[row + this.#inputs] ?? 0;
    for (let i = 0; i < this.#inputs; i++) {
      const state = states[first + i] ?? 0;
      if (state === unknownState) continue;
      const worth = this.worths[i * countStates + state] ?? 0;
      sum += (this.weights[row + i] ?? 0) * (worth + offsetWeight * (offsets[first + i] ?? 0));
    }
    return sum;
  }
}
