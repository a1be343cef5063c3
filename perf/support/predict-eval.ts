import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** Events and predictors as the evaluation harness defines them. */
export interface EvalEvent {
  readonly type: 'page' | 'sub' | 'end';
  readonly client: number | string;
  readonly session: number;
  readonly time: number;
  readonly url: string;
  readonly prev: string | null;
  readonly page: string | null;
  readonly first: boolean;
  readonly status: number;
  readonly bytes: number;
}

export interface EvalContext {
  readonly task: 'next' | 'resources';
  readonly session: number;
  readonly url: string;
  readonly history: readonly string[];
}

export interface Guess {
  readonly url: string;
  readonly confidence: number;
}

export interface EvalPredictor {
  observe(event: EvalEvent): void;
  predict(context: EvalContext, k: number): readonly Guess[];
}

export type CreatePredictor = (options: object) => EvalPredictor;

interface Threshold {
  readonly level: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly usefulBytes: number;
  readonly wastedBytes: number;
}

interface Bin {
  readonly n: number;
  readonly confidence: number;
  readonly hit: number;
}

export interface Report {
  readonly scored: number;
  readonly hit1: number;
  readonly hit5: number;
  readonly mrr: number;
  readonly map: number;
  readonly ece: number | null;
  readonly eceAll: number | null;
  readonly thresholds: readonly Threshold[];
  readonly reliability: readonly (Bin | null)[];
}

interface Speed {
  readonly micros: number;
}

export interface EvalResult {
  readonly next: Report | null;
  readonly resources: Report | null;
  readonly speed: {
    readonly observe: Speed | null;
    readonly next: Speed | null;
    readonly resources: Speed | null;
  };
  readonly modelBytes: number;
}

export interface Dataset {
  readonly name: string;
  readonly file: string;
  readonly tasks: string;
}

/** The folder with `predict-eval` and `data`, beside the project unless `SHARED` names it. */
const shared = resolve(process.env.SHARED ?? join(__dirname, '..', '..', '..', 'shared'));
const load = createRequire(__filename);

export function datasets(): readonly Dataset[] {
  const file = join(shared, 'data', 'navigation', 'datasets.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Dataset[];
}

/** All events of a set, in time order. */
export async function eventsOf(dataset: Dataset, limit?: number): Promise<EvalEvent[]> {
  const { stream } = load(join(shared, 'predict-eval', 'src', 'stream.js')) as {
    stream: (set: object, emit: (event: EvalEvent) => void, options: object) => Promise<unknown>;
  };
  const events: EvalEvent[] = [];
  const path = join(shared, 'data', 'navigation', dataset.file);
  await stream({ ...dataset, path }, (event) => events.push(event), { limit });
  return events;
}

/** Predicts, then teaches, event by event. Empties `events`. */
export function evaluate(
  events: EvalEvent[],
  create: CreatePredictor,
  dataset: Dataset,
): EvalResult {
  const { run } = load(join(shared, 'predict-eval', 'src', 'run.js')) as {
    run: (
      events: EvalEvent[],
      create: CreatePredictor,
      options: object,
      tasks: string,
    ) => EvalResult;
  };
  return run(events, create, {}, dataset.tasks);
}

export function predictorFrom(name: 'popularity' | 'markov1'): CreatePredictor {
  const file = join(shared, 'predict-eval', 'predictors', `${name}.js`);
  return (load(file) as { create: CreatePredictor }).create;
}
