import { BoundedMap } from '../util/bounded-map';

/** Odd, so that the median is one of the samples. */
const keptSamples = 15;

class RecentSamples {
  readonly #samples: number[] = [];
  #next = 0;
  #median: number | undefined;

  add(sample: number): void {
    this.#samples[this.#next] = sample;
    this.#next = (this.#next + 1) % keptSamples;
    this.#median = undefined;
  }

  /** The lower median. */
  get median(): number | undefined {
    this.#median ??= this.#samples.toSorted((a, b) => a - b)[(this.#samples.length - 1) >> 1];
    return this.#median;
  }
}

/**
 * Time the server waits before it can answer, per route pattern: the median of the last 15, so
 * that one stalled query or one cold start moves nothing. Patterns used least are forgotten first.
 */
export class ThinkTimes {
  readonly #patterns: BoundedMap<RecentSamples>;

  constructor(maxPatterns: number) {
    this.#patterns = new BoundedMap(maxPatterns);
  }

  /** Samples that are negative or not finite are ignored. */
  observe(pattern: string, thinkMs: number): void {
    if (!Number.isFinite(thinkMs) || thinkMs < 0) return;
    this.#patterns.use(pattern, () => new RecentSamples()).add(thinkMs);
  }

  medianMs(pattern: string): number | undefined {
    return this.#patterns.peek(pattern)?.median;
  }
}
