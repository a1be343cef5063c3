import { custom, integer, number, type OptionRules, parseOptions } from '../util/options';
import { NavigationModel } from './navigation-model';
import type { PageVisit, ResourceUse } from './observations';
import type { Prediction } from './prediction';
import { mergeSnapshot, writeSnapshot } from './snapshot';
import { ThinkTimes } from './think-times';
import { VisitRecorder } from './visit-recorder';

export type { PageVisit, ResourceUse } from './observations';
export type { Prediction } from './prediction';

export interface PredictorOptions {
  /**
   * Distinct clients that must have asked for a target before it is offered. With 1, no share
   * limits what one client teaches: for development and evaluation. From 1 to 1000. @default 3
   */
  readonly minClients?: number;
  /** Least chance at which a target is offered. From 0 to 1. @default 0.5 */
  readonly minConfidence?: number;
  /** Memory the model may take, in bytes; at least 1 MiB. @default 33554432, 32 MiB */
  readonly maxBytes?: number;
  /** Visits of a page after which its old counts weigh half. @default 128 */
  readonly halfLifeVisits?: number;
  /** The time, in milliseconds, from any start. @default performance.now */
  readonly clock?: () => number;
}

/** Sizes of the tables, and what has been seen since the start. */
export interface PredictorStats {
  readonly urls: number;
  readonly contexts: number;
  readonly clients: number;
  readonly visits: number;
  readonly uses: number;
  readonly evictedUrls: number;
  /** Memory taken by the model. */
  readonly bytes: number;
}

const optionRules: OptionRules<PredictorOptions> = {
  minClients: integer(3, 1, 1000),
  minConfidence: number(0.5, 0, 1),
  maxBytes: integer(32 << 20, 1 << 20),
  halfLifeVisits: integer(128, 1),
  clock: custom(
    'a function',
    () => performance.now(),
    (value) => typeof value === 'function',
  ),
};

/** Apps have tens of routes; more than this is a mistake of whoever names the patterns. */
const maxPatterns = 256;

/**
 * Learns, one event at a time, which subresources a page needs and which page comes next.
 *
 * **Trust.** A target is offered only after `minClients` distinct clients asked for it, and no
 * client teaches a page, a kind of page or the site more than its share however often it comes
 * (`SuccessorTable`).
 *
 * **Confidence.** What several contexts say is mixed with weights learned online, and calibrated
 * (`PageForecast`, `ResourceForecast`).
 *
 * **Bounds.** Tables of fixed rows within `maxBytes`; what is used least goes first.
 */
export class IntelligentPushPredictor {
  readonly #options: Required<PredictorOptions>;
  readonly #model: NavigationModel;
  readonly #recorder: VisitRecorder;
  readonly #thinkTimes = new ThinkTimes(maxPatterns);
  #visits = 0;
  #uses = 0;

  constructor(options?: PredictorOptions) {
    this.#options = parseOptions('IntelligentPushPredictor', options, optionRules);
    this.#model = new NavigationModel(this.#options);
    this.#recorder = new VisitRecorder(this.#model);
  }

  /** A page was viewed. Prefetched pages are reported when the visitor gets to see them. */
  observePage(visit: PageVisit): void {
    this.#visits++;
    this.#recorder.observePage(visit, this.#options.clock());
  }

  /** A page asked for a subresource. Ignored unless its client viewed that page within a minute. */
  observeResource(use: ResourceUse): void {
    this.#uses++;
    this.#recorder.observeResource(use, this.#options.clock());
  }

  /** A page of this route pattern waited `thinkMs` before its first byte. */
  observeThinkTime(pattern: string, thinkMs: number): void {
    this.#thinkTimes.observe(pattern, thinkMs);
  }

  /** Milliseconds until the first byte of such a page: the median of the last 15 observed. */
  thinkTimeMs(pattern: string): number | undefined {
    return this.#thinkTimes.medianMs(pattern);
  }

  /**
   * What a view of a page will ask for, likeliest first; ask before the view is reported.
   *
   * @param client Counts what it has already, and whether it asks for anything. Without, chances
   * are those among views that ask.
   */
  predictResources(
    page: string,
    pattern?: string,
    limit = 8,
    client?: string,
  ): readonly Prediction[] {
    const question = { page, pattern, client };
    return this.#model.predictResources(question, limit, this.#options.minConfidence);
  }

  /** Where a visitor of a page goes next, likeliest first; ask after the view was reported. */
  predictPages(page: string, pattern?: string, limit = 3, client?: string): readonly Prediction[] {
    const question = { page, pattern, client };
    return this.#model.predictPages(question, limit, this.#options.minConfidence);
  }

  /** Drops an URL that turned out private or gone, as a page and as a target of any page. */
  forget(target: string): void {
    this.#model.forget(target);
  }

  /** What was learned, to {@link merge} into another predictor. Of a version; with a checksum. */
  snapshot(): Uint8Array {
    return writeSnapshot(this.#model);
  }

  /**
   * Adds what another predictor learned: loads a model, or unites those of several processes in
   * any order. Think times are not part of it.
   *
   * @throws TypeError for a snapshot of another version, or a damaged one.
   */
  merge(snapshot: Uint8Array): void {
    mergeSnapshot(this.#model, snapshot);
  }

  /** Sizes now; `bytes` is what the tables hold and what V8 needs for the URLs, estimated. */
  get stats(): PredictorStats {
    return { ...this.#model.stats, visits: this.#visits, uses: this.#uses };
  }
}
