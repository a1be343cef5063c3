import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeExperience } from '../lib/prediction/experience-codec';
import { NavigationModel } from '../lib/prediction/navigation-model';
import { kindOfPath } from '../lib/prediction/resource-kind';
import { VisitRecorder } from '../lib/prediction/visit-recorder';
import { datasets, eventsOf, type EvalEvent } from './support/predict-eval';

/**
 * Fits `lib/prediction/prior-experience.ts`: runs a model over each development log, takes the mean
 * of what the mixers learned, weighed by lessons, and starts over from there.
 * `node --import tsx perf/fit-priors.ts [--without set,set] [--out file]`
 */
const passes = 3;

/** Lines of the large sets, so that they do not outweigh the rest. */
const maxLines: Readonly<Record<string, number>> = {
  msnbc: 15_000,
  wikispeedia: 8000,
  'yoochoose-100k': 30_000,
};

/** Lessons of one log that count at most, and lessons a prior stands for. */
const maxLessonsPerLog = 300;
const priorLessons = { states: 30, weights: 200, calibration: 60 };

/** Pairs of arrays, of values and lessons, that one forecast has before its calibration. */
const statePairs: ReadonlySet<number> = new Set([0, 3]);
const weightPairs: ReadonlySet<number> = new Set([1, 4]);

function capOf(pair: number): number {
  if (statePairs.has(pair)) return priorLessons.states;
  return weightPairs.has(pair) ? priorLessons.weights : priorLessons.calibration;
}

function learn(events: readonly EvalEvent[], prior: Buffer): readonly Float32Array[] {
  const model = new NavigationModel({
    minClients: 1,
    maxBytes: 32 << 20,
    halfLifeVisits: 128,
    prior,
  });
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
  const model = new NavigationModel({
    minClients: 1,
    maxBytes: 1 << 20,
    halfLifeVisits: 128,
    prior,
  });
  const united = model.experience;
  for (let pair = 0; pair * 2 < united.length; pair++) {
    const values = united[pair * 2] ?? new Float32Array(0);
    const lessons = united[pair * 2 + 1] ?? new Float32Array(0);
    for (const at of values.keys()) {
      const weights = logs.map((log) => Math.min(maxLessonsPerLog, log[pair * 2 + 1]?.[at] ?? 0));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      lessons[at] = Math.min(capOf(pair), Math.round(total));
      // What was hardly seen stays near what it was.
      const own = prior.length === 0 ? 2 : 0.001;
      const sum = logs.reduce(
        (all, log, index) => all + (weights[index] ?? 0) * (log[pair * 2]?.[at] ?? 0),
        own * (values[at] ?? 0),
      );
      values[at] = sum / (total + own);
    }
  }
  return encodeExperience(united);
}

function sourceOf(prior: Buffer): string {
  const lines = prior.toString('base64').match(/.{1,160}/g) ?? [];
  return `/** Written by \`perf/fit-priors.ts\`; see \`experience-codec.ts\` for the format. */
const base64 = \`
${lines.join('\n')}
\`;

/**
 * How mixers weigh evidence before they have seen a site: what they learned on public logs. Worths
 * of states and weights of contexts only, no URLs.
 */
export function priorExperience(): Buffer {
  return Buffer.from(base64, 'base64');
}
`;
}

async function main(): Promise<void> {
  const flag = (name: string): string | undefined => {
    const at = process.argv.indexOf(name);
    return at === -1 ? undefined : process.argv[at + 1];
  };
  const without = flag('--without')?.split(',') ?? [];
  const sets = datasets().filter(({ name }) => !without.includes(name));
  const logs = await Promise.all(sets.map((set) => eventsOf(set, maxLines[set.name])));
  let prior: Buffer = Buffer.alloc(0);
  for (let pass = 0; pass < passes; pass++) {
    prior = unite(
      logs.map((events) => learn(events, prior)),
      prior,
    );
  }
  const file = join(__dirname, '..', 'lib', 'prediction', 'prior-experience.ts');
  writeFileSync(flag('--out') ?? file, sourceOf(prior));
}

void main();
