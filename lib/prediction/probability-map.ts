import { squash } from './logistic';

const knots = 25;
/** Log odds at the first and, with the other sign, at the last knot. */
const reach = 6;

/**
 * Corrects log odds to chances that come true as often as they say: adaptive probability maps (the
 * APM, or secondary symbol estimation, of PAQ), one for each situation. A curve of 25 points over
 * the log odds, read by linear interpolation; what came of a chance moves the two points beside it.
 */
export class ProbabilityMap {
  readonly points: Float32Array;
  readonly lessons: Float32Array;

  /** @param mostOf Chances of a situation are not above this before lessons show that they are. */
  constructor(situations: number, mostOf: (situation: number) => number = () => 1) {
    this.points = new Float32Array(situations * knots);
    this.lessons = new Float32Array(situations * knots);
    for (let at = 0; at < this.points.length; at++) {
      const chance = squash(((at % knots) / (knots - 1)) * 2 * reach - reach);
      this.points[at] = Math.min(chance, mostOf(Math.floor(at / knots)));
    }
  }

  get experience(): readonly Float32Array[] {
    return [this.points, this.lessons];
  }

  get bytes(): number {
    return this.points.length * 8;
  }

  chance(situation: number, logOdds: number): number {
    const x = position(logOdds);
    const left = Math.min(knots - 2, Math.floor(x));
    const at = situation * knots + left;
    const share = x - left;
    return (this.points[at] ?? 0) * (1 - share) + (this.points[at + 1] ?? 0) * share;
  }

  learn(situation: number, logOdds: number, happened: boolean): void {
    const x = position(logOdds);
    const left = Math.min(knots - 2, Math.floor(x));
    const error = (happened ? 1 : 0) - this.chance(situation, logOdds);
    const share = x - left;
    this.#move(situation * knots + left, error, 1 - share);
    this.#move(situation * knots + left + 1, error, share);
  }

  #move(at: number, error: number, share: number): void {
    const lessons = (this.lessons[at] ?? 0) + share;
    this.lessons[at] = lessons;
    const rate = Math.max(0.005, 1 / (lessons + 12)) * share;
    this.points[at] = Math.min(
      0.999,
      Math.max(0.0005, (this.points[at] ?? 0) + error * rate * 1.5),
    );
  }
}

function position(logOdds: number): number {
  const x = ((logOdds + reach) / (2 * reach)) * (knots - 1);
  return x < 0 ? 0 : x > knots - 1 ? knots - 1 : x;
}
