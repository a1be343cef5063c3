import { createRequire } from 'node:module';
import { type CreatePredictor, predictorFrom } from './predict-eval';
import { createAutoPush, createPpm } from './rival-predictors';

/** The built predictor, as the harness calls it. */
export const { create: createOurs } = createRequire(__filename)('../predict-eval-adapter.cjs') as {
  create: CreatePredictor;
};

export const rivals: readonly (readonly [name: string, create: CreatePredictor])[] = [
  ['popularity', predictorFrom('popularity')],
  ['markov1', predictorFrom('markov1')],
  ['ppm', createPpm],
  ['h2-auto-push', createAutoPush],
];
