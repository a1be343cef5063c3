import { beyondState, countStates, stateOf, unknownState, untaughtLogOdds } from './count-state';
import { squash } from './logistic';

/** A state's chance moves by 1/n at its n-th lesson, by no less than this. */
const leastStateRate = 1 / 400;

/** Log odds that a state may move by in one lesson, and its bounds. */
const mostStep = 1.5;
const mostWorth = 7.5;

/** Weight of each context before anything is learned. */
const untaughtWeight = 0.3;

/** Rates at which weights move: at first, and in the long run. */
const mostWeightRate = 0.008;
const leastWeightRate = 0.001;

/** Candidates at most. */
const maxCandidates = 64;

const oneSort: CandidateSorts = { count: 1, input: 0, ofState: new Uint8Array(0) };

/** Outcome of a candidate that proves nothing. */
export const unproven = 2;

export interface MixerInit {
  readonly inputs: number;
  /** How many values each aspect of a situation has. The first starts with all weights alike. */
  readonly aspects: readonly number[];
  /** Kinds of candidates that are weighed apart. @default all are of one kind */
  readonly sorts?: CandidateSorts;
}

/** Tells kinds of candidates apart by what one of the inputs says of them. */
export interface CandidateSorts {
  readonly count: number;
  readonly input: number;
  /** Of each state of that input. */
  readonly ofState: Uint8Array;
}

/** Lessons for the mixer: candidates as they were when the question was open. */
export interface Lesson {
  readonly size: number;
  /** Places there are for candidates. */
  readonly capacity: number;
  /** What input `i` says of candidate `c`, at `i * capacity + c`. */
  readonly evidence: Int32Array;
  /** Value of each aspect of the situation. */
  readonly situation: Uint8Array;
}

/**
 * Turns what several contexts say of a target into one chance: logistic mixing as in PAQ (Mahoney,
 * "Adaptive weighing of context models for lossless data compression", 2005; Mattern, "Mixing
 * strategies in data compression", DCC 2012).
 *
 * Each context gives a state (`count-state.ts`); what states are worth is learned (indirect
 * modelling), so that one use in one visit means what it proved to mean. The log odds of the
 * states are added with weights that are learned too. The weights of a situation are the sum of one
 * row for each of its aspects: what is true of all is learned from all, and what is special to few
 * costs few lessons.
 */
export class ContextMixer {
  readonly #inputs: number;
  /** Entries of one row of weights; the last is for a constant. */
  readonly #width: number;
  /** First row of each aspect. */
  readonly #firstRows: readonly number[];
  /** Log odds of state `s` in context `i`, at `i * countStates + s`. */
  readonly worths: Float32Array;
  readonly lessons: Float32Array;
  readonly weights: Float32Array;
  readonly weightLessons: Float32Array;
  readonly #sorts: CandidateSorts;
  /** First row of weights for sorts of candidates. */
  readonly #sortRow: number;
  /** Weights of each sort in the situation at hand, and how they should move. */
  readonly #sums: Float32Array;
  readonly #gradients: Float32Array;
  /** Where the sums for each candidate begin. */
  readonly #offsets = new Uint16Array(maxCandidates);

  constructor({ inputs, aspects, sorts = oneSort }: MixerInit) {
    this.#inputs = inputs;
    this.#width = inputs + 1;
    let rows = 0;
    this.#firstRows = aspects.map((values) => (rows += values) - values);
    this.worths = new Float32Array(inputs * countStates);
    this.lessons = new Float32Array(inputs * countStates);
    for (let at = 0; at < this.worths.length; at++) {
      this.worths[at] = untaughtLogOdds(at % countStates);
    }
    this.#sorts = sorts;
    this.#sortRow = rows;
    this.weights = new Float32Array((rows + sorts.count) * this.#width);
    this.weights.fill(untaughtWeight, 0, (aspects[0] ?? 0) * this.#width);
    this.weightLessons = new Float32Array(this.weights.length);
    this.#sums = new Float32Array(sorts.count * this.#width);
    this.#gradients = new Float32Array(sorts.count * this.#width);
  }

  get bytes(): number {
    return 4 * (this.worths.length * 2 + this.weights.length * 2);
  }

  /** Pairs of what was learned and of how many lessons it took, entry by entry. */
  get experience(): readonly Float32Array[] {
    return [this.worths, this.lessons, this.weights, this.weightLessons];
  }

  /** Writes the log odds of each candidate to `scores`. */
  mix(lesson: Lesson, scores: Float64Array): void {
    const { evidence, capacity, size } = lesson;
    const sums = this.#sums;
    const offsets = this.#offsets;
    this.#weigh(lesson.situation);
    this.#sort(lesson);
    for (let place = 0; place < size; place++) {
      scores[place] = sums[(offsets[place] ?? 0) + this.#inputs] ?? 0;
    }
    for (let i = 0; i < this.#inputs; i++) {
      const first = i * capacity;
      const states = i * countStates;
      for (let place = 0; place < size; place++) {
        const said = evidence[first + place] ?? 0;
        if (said === unknownState) continue;
        const logOdds = (this.worths[states + stateOf(said)] ?? 0) + beyondState(said);
        scores[place] = (scores[place] ?? 0) + (sums[(offsets[place] ?? 0) + i] ?? 0) * logOdds;
      }
    }
  }

  /**
   * Learns from the outcomes of the lesson mixed last, where 1 is what happened, and 2 what proves
   * nothing: each state is judged for itself.
   *
   * @param errors Outcome of each candidate, less its chance.
   */
  learn(lesson: Lesson, errors: Float64Array, outcomes: Uint8Array): void {
    this.#adjust(lesson, errors, true, outcomes);
    this.#moveWeights(lesson.situation);
  }

  /**
   * Corrects what was said of the candidates of the lesson mixed last by a part of their errors; the
   * part that is known last `ends` the lesson.
   */
  correct(lesson: Lesson, errors: Float64Array, ends: boolean): void {
    this.#adjust(lesson, errors, ends);
    this.#moveWeights(lesson.situation);
  }

  /** @param outcomes What each state is judged by; without it by the error of all together. */
  #adjust(
    { evidence, capacity, size }: Lesson,
    errors: Float64Array,
    ends: boolean,
    outcomes?: Uint8Array,
  ): void {
    const { worths, lessons } = this;
    const gradients = this.#gradients.fill(0);
    const offsets = this.#offsets;
    for (let i = 0; i < this.#inputs; i++) {
      for (let place = 0; place < size; place++) {
        const said = evidence[i * capacity + place] ?? 0;
        if (said === unknownState || outcomes?.[place] === unproven) continue;
        const error = errors[place] ?? 0;
        const at = i * countStates + stateOf(said);
        const logOdds = (worths[at] ?? 0) + beyondState(said);
        const moves = (offsets[place] ?? 0) + i;
        gradients[moves] = (gradients[moves] ?? 0) + error * logOdds;
        const taught = (lessons[at] ?? 0) + 1;
        if (ends) lessons[at] = taught;
        const chance = squash(logOdds);
        const own = outcomes === undefined ? error : (outcomes[place] ?? 0) - chance;
        worths[at] = movedState(worths[at] ?? 0, own, chance, taught);
      }
    }
    if (!ends) return;
    for (let place = 0; place < size; place++) {
      if (outcomes?.[place] === unproven) continue;
      const bias = (offsets[place] ?? 0) + this.#inputs;
      gradients[bias] = (gradients[bias] ?? 0) + (errors[place] ?? 0);
    }
  }

  /** Moves weights, less so those that have learned much. */
  #moveWeights(situation: Uint8Array): void {
    const gradients = this.#gradients;
    const width = this.#width;
    for (let at = 0; at < gradients.length; at++) {
      const isWeight = at % width !== this.#inputs;
      if (isWeight && (this.#sums[at] ?? 0) === 0 && (gradients[at] ?? 0) < 0) gradients[at] = 0;
    }
    if (this.#sorts.count > 1) {
      for (let sort = 0; sort < this.#sorts.count; sort++) {
        this.#move(this.#sortRow + sort, sort * width);
      }
      for (let at = width; at < gradients.length; at++) {
        gradients[at % width] = (gradients[at % width] ?? 0) + (gradients[at] ?? 0);
      }
    }
    for (let aspect = 0; aspect < this.#firstRows.length; aspect++) {
      this.#move((this.#firstRows[aspect] ?? 0) + (situation[aspect] ?? 0), 0);
    }
  }

  /** @param from Where its gradient is. */
  #move(row: number, from: number): void {
    const first = row * this.#width;
    const lessons = this.weightLessons[first] ?? 0;
    const rate = Math.max(leastWeightRate, mostWeightRate / (1 + lessons / 250));
    for (let i = 0; i < this.#width; i++) {
      const at = first + i;
      this.weights[at] = (this.weights[at] ?? 0) + rate * (this.#gradients[from + i] ?? 0);
      this.weightLessons[at] = lessons + 1;
    }
  }

  /** Adds the rows of a situation. Evidence for a target never counts against it. */
  #weigh(situation: Uint8Array): void {
    const sums = this.#sums.fill(0);
    const width = this.#width;
    for (let aspect = 0; aspect < this.#firstRows.length; aspect++) {
      const row = (this.#firstRows[aspect] ?? 0) + (situation[aspect] ?? 0);
      const first = row * width;
      for (let i = 0; i < width; i++) sums[i] = (sums[i] ?? 0) + (this.weights[first + i] ?? 0);
    }
    const sorted = this.#sortRow * width;
    for (let at = sums.length - 1; at >= 0; at--) {
      const i = at % width;
      const sum = (sums[i] ?? 0) + (this.weights[sorted + at] ?? 0);
      sums[at] = sum < 0 && i < this.#inputs ? 0 : sum;
    }
  }

  #sort({ evidence, capacity, size }: Lesson): void {
    const { count, input, ofState } = this.#sorts;
    if (count === 1) return;
    const first = input * capacity;
    for (let place = 0; place < size; place++) {
      const sort = ofState[stateOf(evidence[first + place] ?? 0)] ?? 0;
      this.#offsets[place] = sort * this.#width;
    }
  }
}

function movedState(worth: number, error: number, chance: number, lessons: number): number {
  const slope = chance * (1 - chance);
  const rate = lessons + 1.5 > 1 / leastStateRate ? leastStateRate : 1 / (lessons + 1.5);
  const step = (error * rate) / (slope > 0.02 ? slope : 0.02);
  return clamp(worth + clamp(step, mostStep), mostWorth);
}

function clamp(value: number, most: number): number {
  return value > most ? most : value < -most ? -most : value;
}
