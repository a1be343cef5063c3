import type { KnownNeeds } from '../evidence/known-needs';
import type { KnownRoutes } from '../evidence/known-routes';
import type { TaughtView } from '../evidence/visit-observer';
import type { PublicUrls } from '../judgement/public-urls';
import { isUnsafePath } from '../judgement/unsafe-paths';
import type { PushPredictor } from '../server-push-options';
import type { Prediction } from '../../prediction/prediction';
import type { NextPages, SpeculationTag, SpeculativeAction } from './rule-set';
import type { SpeculationRecord } from './speculation-record';

export interface NextPagesInit {
  readonly action: SpeculativeAction;
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
  /** What a page needs; what its client has does not count. */
  readonly needs: Pick<KnownNeeds, 'bytesOf'>;
  /** Where it begins to be too much for a guess. */
  readonly maxResourceBytes: number;
}

/** Whose page it is that the next ones are chosen for. */
export interface Chooser {
  /** Counts the pages it came by; `undefined` for a page that nobody looks at yet. */
  readonly client: string | undefined;
  /** Whether the client has a resource. */
  readonly isThere: (target: string) => boolean;
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

/**
 * Rendering costs more bytes than fetching and saves more time: a page that was rendered is there at once.
 * One visitor in five is enough where it takes little, one in two otherwise.
 */
const renderedFrom = 0.2;
const renderedFromIfLarge = 0.5;

/** Below this share of pages looked at, a rule waits for a clearer sign than it did. */
const leastPrecision = 0.15;

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

  choose(view: TaughtView, { client, isThere }: Chooser): ChosenPages {
    const { predictor, maxSpeculations, minConfidence } = this.#init;
    const limit = maxSpeculations + maxSoon;
    const likely = predictor
      .predictPages(view.key, view.pattern, limit, client)
      .filter((one) => one.confidence >= minConfidence && this.#isAllowed(one.target, view));
    const first = this.#isTrusted('headstart-now') ? likely.slice(0, maxSpeculations) : [];
    const rendered = first.filter((one) => this.#isRendered(one, isThere));
    const now = first.filter((one) => one.confidence >= confidentlyNext || rendered.includes(one));
    return {
      now: now.map(({ target }) => target),
      rendered: rendered.map(({ target }) => target),
      soon: likely.filter((one) => !now.includes(one)).map(({ target }) => target),
      routes: this.#routes(),
      likely,
    };
  }

  #isRendered({ target, confidence }: Prediction, isThere: Chooser['isThere']): boolean {
    const { action, needs, routes, maxResourceBytes } = this.#init;
    if (action !== 'prerender' || confidence < renderedFrom) return false;
    if (confidence >= renderedFromIfLarge) return true;
    return needs.bytesOf(target, routes.patternOf(target), isThere) <= maxResourceBytes;
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
