import { countStates, likeStates, untaughtLogOdds } from '../../lib/prediction/count-state';
import { encodeExperience } from '../../lib/prediction/experience-codec';
import { NavigationModel } from '../../lib/prediction/navigation-model';
import { pageContextCount } from '../../lib/prediction/page-contexts';
import { resourceContextCount } from '../../lib/prediction/resource-contexts';
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
const priorLessons = { states: 30, weights: 255, scaling: 8, pages: 20, resources: 30 };

/** What states are worth stays near what they were untaught if they were hardly seen. */
const untaughtLessons = 6;

/** Chances are left as they are where few logs taught otherwise. */
const uncalibratedLessons = 150;

/** Weight of a state's neighbours beside its own; of theirs, its square. */
const nearness = 0.1;

/** Lessons of its neighbours that a state without its own stands for, at most. */
const mostBorrowed = 6;

/**
 * Of the slopes that logs taught, the part that a new site starts with: some sites need none, and
 * evidence that agrees should count from the start.
 */
const slopeShare = 0.4;

/** Pairs of arrays, of values and lessons, that one forecast has before its calibration. */
const statePairs: ReadonlySet<number> = new Set([0, 7]);
const slopePair = 3;
const scalingPairs: ReadonlySet<number> = new Set([2, slopePair, 5, 6]);
const pageCalibrationPair = 4;
const weightPairs: ReadonlySet<number> = new Set([1, 8]);

function capOf(pair: number): number {
  if (statePairs.has(pair)) return priorLessons.states;
  if (scalingPairs.has(pair)) return priorLessons.scaling;
  if (weightPairs.has(pair)) return priorLessons.weights;
  return pair === pageCalibrationPair ? priorLessons.pages : priorLessons.resources;
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

function lessonsOf(log: Float32Array | undefined, at: number): number {
  return Math.min(maxLessonsPerLog, log?.[at] ?? 0);
}

/**
 * Lets states tell what their neighbours are worth: those with about as many visits and about the
 * same share differ little, and many are rare. Kernel regression (Nadaraya and Watson, 1964) of what
 * was learned beyond {@link untaughtLogOdds}; only the first inputs are contexts with such states.
 */
function smoothStates(
  worths: Float32Array,
  lessons: Float32Array,
  contexts: number,
  logs: readonly (Float32Array | undefined)[],
): void {
  const likes = [...likeStates(nearness)];
  const raw = lessons.map((_, at) => logs.reduce((sum, log) => sum + lessonsOf(log, at), 0));
  const learned = Float32Array.from(worths);
  for (let context = 0; context < contexts; context++) {
    const first = context * countStates;
    for (const [state, near] of likes) {
      let mass = untaughtLessons;
      let sum = 0;
      for (const { state: other, weight } of near) {
        const at = first + other;
        const counts = weight * (raw[at] ?? 0);
        mass += counts;
        sum += counts * ((learned[at] ?? 0) - untaughtLogOdds(other));
      }
      worths[first + state] = untaughtLogOdds(state) + sum / mass;
      const own = raw[first + state] ?? 0;
      const borrowed = Math.min(mostBorrowed, mass - untaughtLessons);
      lessons[first + state] = Math.min(priorLessons.states, Math.round(Math.max(own, borrowed)));
    }
  }
}

/** Lessons for which what is untaught stands beside what was learned. */
function ownLessons(pair: number, isFirstPass: boolean): number {
  if (statePairs.has(pair)) return untaughtLessons;
  if (pair === pageCalibrationPair) return uncalibratedLessons;
  return isFirstPass ? 2 : 0.001;
}

function unite(logs: readonly (readonly Float32Array[])[], prior: Buffer): Buffer {
  const untaught = modelWith(Buffer.alloc(0)).experience;
  const united = modelWith(prior).experience;
  for (let pair = 0; pair * 2 < united.length; pair++) {
    const values = united[pair * 2] ?? new Float32Array(0);
    const lessons = united[pair * 2 + 1] ?? new Float32Array(0);
    for (const at of values.keys()) {
      const weights = logs.map((log) => lessonsOf(log[pair * 2 + 1], at));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      lessons[at] = Math.min(capOf(pair), Math.round(total));
      const own = ownLessons(pair, prior.length === 0);
      const sum = logs.reduce(
        (all, log, index) => all + (weights[index] ?? 0) * (log[pair * 2]?.[at] ?? 0),
        own * (untaught[pair * 2]?.[at] ?? 0),
      );
      values[at] = sum / (total + own);
      if (pair === slopePair) values[at] = 1 + slopeShare * ((values[at] ?? 1) - 1);
    }
    if (statePairs.has(pair)) {
      const contexts = pair === 0 ? pageContextCount : resourceContextCount;
      smoothStates(
        values,
        lessons,
        contexts,
        logs.map((log) => log[pair * 2 + 1]),
      );
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
