import { encodeExperience } from '../../lib/prediction/experience-codec';
import { NavigationModel } from '../../lib/prediction/navigation-model';
import { kindOfPath } from '../../lib/prediction/resource-kind';
import { VisitRecorder } from '../../lib/prediction/visit-recorder';
import { type Dataset, type EvalEvent, eventsOf } from './predict-eval';

const passes = 3;

/** Lines of the large sets, so that they do not outweigh the rest. */
const maxLines: Readonly<Record<string, number>> = {
  msnbc: 15_000,
  wikispeedia: 8000,
  'yoochoose-100k': 30_000,
};

/** The part of a development log that priors are fitted to. */
export function fittingLog(set: Dataset): Promise<EvalEvent[]> {
  return eventsOf(set, maxLines[set.name]);
}

/** Lessons of one log that count at most, and lessons a prior stands for. */
const maxLessonsPerLog = 300;
const priorLessons = { states: 30, weights: 255, calibration: 60 };

/** What states are worth stays near what they were untaught if they were hardly seen. */
const untaughtLessons = 6;

/** Pairs of arrays, of values and lessons, that one forecast has before its calibration. */
const statePairs: ReadonlySet<number> = new Set([0, 3]);
const weightPairs: ReadonlySet<number> = new Set([1, 4]);

function capOf(pair: number): number {
  if (statePairs.has(pair)) return priorLessons.states;
  return weightPairs.has(pair) ? priorLessons.weights : priorLessons.calibration;
}

function modelWith(prior: Buffer): NavigationModel {
  return new NavigationModel({
    minClients: 1,
    maxBytes: 32 << 20,
    halfLifeVisits: 128,
    prior,
  });
}

/** Lets a model see a log. @returns What its mixers made of it, with the lessons this log gave. */
function learn(events: readonly EvalEvent[], prior: Buffer): readonly Float32Array[] {
  const model = modelWith(prior);
  const started = model.experience.map((array) => Float32Array.from(array));
  const recorder = new VisitRecorder(model);
  for (const { type, client, time, url, prev, page } of events) {
    const key = String(client);
    if (type === 'page') {
      recorder.observePage({ client: key, page: url, ...(prev !== null && { from: prev }) }, time);
    } else if (type === 'sub' && page !== null) {
      const kind = kindOfPath(url) ?? 'image';
      recorder.observeResource({ client: key, page, resource: url, kind }, time);
    }
  }
  return model.experience.map((array, index) =>
    index % 2 === 0 ? array : array.map((lessons, at) => lessons - (started[index]?.[at] ?? 0)),
  );
}

function unite(logs: readonly (readonly Float32Array[])[], prior: Buffer): Buffer {
  const untaught = modelWith(Buffer.alloc(0)).experience;
  const united = modelWith(prior).experience;
  for (let pair = 0; pair * 2 < united.length; pair++) {
    const values = united[pair * 2] ?? new Float32Array(0);
    const lessons = united[pair * 2 + 1] ?? new Float32Array(0);
    for (const at of values.keys()) {
      const weights = logs.map((log) => Math.min(maxLessonsPerLog, log[pair * 2 + 1]?.[at] ?? 0));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      lessons[at] = Math.min(capOf(pair), Math.round(total));
      const own = statePairs.has(pair) ? untaughtLessons : prior.length === 0 ? 2 : 0.001;
      const sum = logs.reduce(
        (all, log, index) => all + (weights[index] ?? 0) * (log[pair * 2]?.[at] ?? 0),
        own * (untaught[pair * 2]?.[at] ?? 0),
      );
      values[at] = sum / (total + own);
    }
  }
  return encodeExperience(united);
}

/**
 * What mixers should know before they see a site: runs a model over each log, takes the mean of what
 * the mixers learned, weighed by lessons, and starts over from there.
 */
export function fitPriors(logs: readonly (readonly EvalEvent[])[]): Buffer {
  let prior: Buffer = Buffer.alloc(0);
  for (let pass = 0; pass < passes; pass++) {
    prior = unite(
      logs.map((events) => learn(events, prior)),
      prior,
    );
  }
  return prior;
}
