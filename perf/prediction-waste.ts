import {
  type CreatePredictor,
  type Dataset,
  datasets,
  evaluate,
  type EvalContext,
  eventsOf,
} from './support/predict-eval';
import { createOurs, rivals } from './support/predictors';
import { printTable } from './support/table';
import { WasteCurve } from './support/waste-curve';

/**
 * Bytes sent in vain for each byte of use: of simple predictors that offer what they hold for at
 * least half certain, and of ours that offers the likeliest until it finds as much.
 * `node --import tsx perf/prediction-waste.ts [set,set]`
 */
type Task = EvalContext['task'];

const half = 0.5;
const maxLines = 40_000;

async function curvesOf(
  dataset: Dataset,
  create: CreatePredictor,
): Promise<Readonly<Record<Task, WasteCurve>>> {
  const next = new WasteCurve(create({}), 'next');
  const resources = new WasteCurve(next, 'resources');
  evaluate(await eventsOf(dataset, maxLines), () => resources, dataset);
  return { next, resources };
}

async function main(): Promise<void> {
  const only = process.argv[2]?.split(',');
  const rows: (string | number)[][] = [];
  for (const dataset of datasets()) {
    if (only !== undefined && !only.includes(dataset.name)) continue;
    const ours = await curvesOf(dataset, createOurs);
    for (const [name, create] of rivals) {
      const theirs = await curvesOf(dataset, create);
      for (const task of ['next', 'resources'] as const) {
        if (!dataset.tasks.includes(task === 'next' ? 'N' : 'S')) continue;
        const { recall, wastePerUse } = theirs[task].at(half);
        if (recall === 0) continue;
        const same = ours[task].atRecall(recall);
        const isLess = same.recall >= recall * 0.999 && same.wastePerUse <= wastePerUse;
        const [share, other, own] = [100 * recall, wastePerUse, same.wastePerUse];
        rows.push([
          dataset.name,
          task,
          name,
          share.toFixed(1),
          other.toFixed(2),
          own.toFixed(2),
          isLess ? 'less' : 'more',
        ]);
      }
    }
  }
  printTable(['set', 'task', 'rival', 'recall %', 'rival waste', 'ours', ''], rows);
}

void main();
