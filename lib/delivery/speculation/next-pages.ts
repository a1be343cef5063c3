import type { KnownRoutes } from '../evidence/known-routes';
import type { TaughtView } from '../evidence/visit-observer';
import type { PublicUrls } from '../judgement/public-urls';
import { isUnsafePath } from '../judgement/unsafe-paths';
import type { PushPredictor } from '../server-push-options';
import type { Prediction } from '../../prediction/prediction';
import type { NextPages, SpeculationTag } from './rule-set';
import type { SpeculationRecord } from './speculation-record';

export interface NextPagesInit {
  readonly predictor: PushPredictor;
  readonly routes: KnownRoutes;
  readonly publicUrls: PublicUrls;
  readonly record: SpeculationRecord;
  readonly unsafePaths: readonly (string | RegExp)[];
  readonly allowQuery: boolean;
  /** Pages fetched at once after one page, at most. */
  readonly maxSpeculations: number;
  /** Least chance at which a page is named. */
  readonly minConfidence: number;
  /** From 0, inclusive, to 1. */
  readonly random: () => number;
}

/** Next pages as rules name them, and with their chances. */
export interface ChosenPages extends NextPages {
  readonly likely: readonly Prediction[];
}

/**
 * A page that so many visitors open next is fetched without waiting for a sign: a page is a few kB,
 * and a pointer rests on a link for less time than a page takes.
 */
const confidentlyNext = 0.3;

/** Below this share of pages looked at, a rule waits for a clearer sign than it did. */
const leastPrecision = 0.2;

/** How often a rule that lost trust is tried again, so that it can win it back. */
const probeShare = 1 / 8;

const maxSoon = 4;
const maxRoutes = 16;

/** Chooses which pages a browser may fetch ahead, and how eagerly, by what was learned. */
export class NextPageChooser {
  readonly #init: NextPagesInit;

  constructor(init: NextPagesInit) {
    this.#init = init;
  }

  /** @param client Counts the pages it came by; `undefined` for a page that nobody looks at yet. */
  choose(view: TaughtView, client: string | undefined): ChosenPages {
    const { predictor, maxSpeculations, minConfidence } = this.#init;
    const limit = maxSpeculations + maxSoon;
    const likely = predictor
      .predictPages(view.key, view.pattern, limit, client)
      .filter((one) => one.confidence >= minConfidence && this.#isAllowed(one.target, view));
    const now = this.#isTrusted('headstart-now')
      ? likely.filter((one) => one.confidence >= confidentlyNext).slice(0, maxSpeculations)
      : [];
    return {
      now: now.map(({ target }) => target),
      soon: likely.filter((one) => !now.includes(one)).map(({ target }) => target),
      routes: this.#routes(),
      likely,
    };
  }

  #isTrusted(tag: SpeculationTag): boolean {
    const { record, random } = this.#init;
    return (record.precisionOf(tag) ?? 1) >= leastPrecision || random() < probeShare;
  }

  /** Checked again here: a model may come from a process with other options. */
  #isAllowed(target: string, view: TaughtView): boolean {
    const { publicUrls, unsafePaths, allowQuery } = this.#init;
    return (
      target !== view.path &&
      target.startsWith('/') &&
      (allowQuery || !target.includes('?')) &&
      publicUrls.has(target) &&
      !isUnsafePath(target, unsafePaths)
    );
  }

  /** Regular expressions cannot be said in rules: with one, only routes without parameters go. */
  #routes(): string[] {
    const { routes, unsafePaths } = this.#init;
    const isFree = unsafePaths.every((one) => typeof one === 'string');
    return routes
      .openPatterns(maxRoutes)
      .filter((pattern) => isFree || !/[:*]/.test(pattern))
      .filter((pattern) => !isUnsafePath(pattern, unsafePaths))
      .sort();
  }
}
