import type { TargetKind } from './target-kind';

/** One guess. */
export interface Prediction {
  readonly target: string;
  readonly kind: TargetKind;
  /** Chance that the visitor will ask for it. From 0 to 1. */
  readonly confidence: number;
  /** Distinct clients that asked for it, counted up to `minClients`. */
  readonly clients: number;
}
