import type { EvalContext, EvalEvent, EvalPredictor, Guess } from './predict-eval';

interface Outcome {
  readonly confidence: number;
  readonly bytes: number;
  isUseful: boolean;
}

interface View {
  readonly guesses: Map<string, Outcome>;
  readonly wanted: Set<string>;
}

/** What one way of choosing costs: of all that was wanted, and bytes in vain for each of use. */
export interface Waste {
  readonly recall: number;
  readonly wastePerUse: number;
}

/**
 * Records what became of every guess of a predictor for one task, so that predictors can be compared
 * at the same recall, whatever their confidences mean.
 */
export class WasteCurve implements EvalPredictor {
  readonly #predictor: EvalPredictor;
  readonly #task: EvalContext['task'];
  readonly #outcomes: Outcome[] = [];
  readonly #views = new Map<string, View>();
  readonly #sizes = new Map<string, number>();
  #sizeSum = 0;
  #wanted = 0;

  constructor(predictor: EvalPredictor, task: EvalContext['task']) {
    this.#predictor = predictor;
    this.#task = task;
  }

  predict(context: EvalContext, k: number): readonly Guess[] {
    const guesses = this.#predictor.predict(context, k);
    if (context.task === this.#task) this.#open(context, guesses);
    return guesses;
  }

  observe(event: EvalEvent): void {
    if (this.#task === 'next' && event.type === 'page') this.#want(`${event.session}`, event.url);
    if (this.#task === 'resources' && event.type === 'sub' && event.page !== null && event.first) {
      this.#want(`${event.session} ${event.page}`, event.url);
    }
    this.#learnSize(event);
    this.#predictor.observe(event);
  }

  /** By offering all that is at least so likely. */
  at(confidence: number): Waste {
    return this.#waste(this.#outcomes.filter((one) => one.confidence >= confidence));
  }

  /** By offering the likeliest until as much of what is wanted is among it; as much as can be. */
  atRecall(recall: number): Waste {
    const sorted = this.#outcomes.toSorted((a, b) => b.confidence - a.confidence);
    const needed = recall * this.#wanted;
    let useful = 0;
    let count = 0;
    while (count < sorted.length && useful < needed) if (sorted[count++]?.isUseful) useful++;
    return this.#waste(sorted.slice(0, count));
  }

  #open({ session, url }: EvalContext, guesses: readonly Guess[]): void {
    const outcomes = new Map<string, Outcome>();
    for (const guess of guesses) {
      const outcome = {
        confidence: guess.confidence,
        bytes: this.#size(guess.url),
        isUseful: false,
      };
      this.#outcomes.push(outcome);
      outcomes.set(guess.url, outcome);
    }
    const key = this.#task === 'next' ? `${session}` : `${session} ${url}`;
    this.#views.set(key, { guesses: outcomes, wanted: new Set() });
  }

  #want(key: string, url: string): void {
    const view = this.#views.get(key);
    if (view === undefined || view.wanted.has(url)) return;
    view.wanted.add(url);
    this.#wanted++;
    const guess = view.guesses.get(url);
    if (guess !== undefined) guess.isUseful = true;
  }

  #waste(offered: readonly Outcome[]): Waste {
    const useful = offered.filter(({ isUseful }) => isUseful);
    const sum = (some: readonly Outcome[]): number =>
      some.reduce((all, { bytes }) => all + bytes, 0);
    return {
      recall: useful.length / Math.max(1, this.#wanted),
      wastePerUse: (sum(offered) - sum(useful)) / Math.max(1, sum(useful)),
    };
  }

  #size(url: string): number {
    return this.#sizes.get(url) ?? (this.#sizes.size === 0 ? 1 : this.#sizeSum / this.#sizes.size);
  }

  #learnSize({ type, url, status, bytes }: EvalEvent): void {
    if (type === 'end' || status !== 200 || !(bytes > 0)) return;
    this.#sizeSum += bytes - (this.#sizes.get(url) ?? 0);
    this.#sizes.set(url, bytes);
  }
}
