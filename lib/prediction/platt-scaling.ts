import { squash } from './logistic';

/** Log odds that a change of slope leaves as they are: of a usual chance. */
const pivot = -2;

/** Information, in chances times their complements, that counts before anything is learned. */
const untaughtInformation = 4;

/** Information counts up to this; then the latest lessons weigh most, as what is true may change. */
const mostInformation = 200;

/** Newton's steps for the slope are cut by this: shifts take part of the same error. */
const slopeCaution = 3;

const mostShift = 4;
const leastSlope = 0.3;
const mostSlope = 2;

/**
 * Corrects log odds by a shift and a slope that are learned online (online Platt scaling: Gupta and
 * Ramdas, "Online Platt scaling with calibeating", ICML 2023): few numbers, so a new site's own
 * chances are known after few lessons. The shift is a sum over aspects of the situation; the slope
 * is of the first. Steps are Newton's, by the diagonal.
 */
export class PlattScaling {
  readonly shifts: Float32Array;
  readonly shiftLessons: Float32Array;
  readonly slopes: Float32Array;
  readonly slopeLessons: Float32Array;
  /** First row of each aspect. */
  readonly #firstRows: readonly number[];

  /** @param aspects How many values each aspect of a situation has. */
  constructor(aspects: readonly number[]) {
    let rows = 0;
    this.#firstRows = aspects.map((values) => (rows += values) - values);
    this.shifts = new Float32Array(rows);
    this.shiftLessons = new Float32Array(rows);
    this.slopes = new Float32Array(aspects[0] ?? 1).fill(1);
    this.slopeLessons = new Float32Array(this.slopes.length);
  }

  get experience(): readonly Float32Array[] {
    return [this.shifts, this.shiftLessons, this.slopes, this.slopeLessons];
  }

  get bytes(): number {
    return 8 * (this.shifts.length + this.slopes.length);
  }

  /** Corrected log odds; `situation` has the value of each aspect. */
  logOdds(situation: Uint8Array, score: number): number {
    const slope = this.slopes[situation[0] ?? 0] ?? 1;
    let sum = pivot + slope * (score - pivot);
    for (let aspect = 0; aspect < this.#firstRows.length; aspect++) {
      sum += this.shifts[this.#row(situation, aspect)] ?? 0;
    }
    return sum;
  }

  learn(situation: Uint8Array, score: number, happened: boolean): void {
    const chance = squash(this.logOdds(situation, score));
    const miss = (happened ? 1 : 0) - chance;
    const error = miss / (this.#firstRows.length + 1);
    const information = Math.max(0.01, chance * (1 - chance));
    for (let aspect = 0; aspect < this.#firstRows.length; aspect++) {
      const row = this.#row(situation, aspect);
      const known = Math.min(mostInformation, (this.shiftLessons[row] ?? 0) + information);
      this.shiftLessons[row] = known;
      const shift = (this.shifts[row] ?? 0) + error / (known + untaughtInformation);
      this.shifts[row] = Math.max(-mostShift, Math.min(mostShift, shift));
    }
    const beyond = score - pivot;
    const at = situation[0] ?? 0;
    const known = (this.slopeLessons[at] ?? 0) + information * beyond * beyond;
    this.slopeLessons[at] = Math.min(mostInformation, known);
    const slope =
      (this.slopes[at] ?? 1) + ((miss / slopeCaution) * beyond) / (known + untaughtInformation);
    this.slopes[at] = Math.max(leastSlope, Math.min(mostSlope, slope));
  }

  #row(situation: Uint8Array, aspect: number): number {
    return (this.#firstRows[aspect] ?? 0) + (situation[aspect] ?? 0);
  }
}
