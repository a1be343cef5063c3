import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { calibrationSvg } from './support/calibration-svg';
import { datasets, evaluate, eventsOf, type Report } from './support/predict-eval';
import { createOurs, rivals } from './support/predictors';

/**
 * The built predictor against simple ones, on every set of `../shared/data/navigation`:
 * `node --expose-gc --import tsx perf/prediction.ts [set,set] [--lines n] [--svg file]`.
 */
const predictors = [['ours', createOurs], ...rivals] as const;

const percent = (share: number | null): string => (share === null ? '-' : (100 * share).toFixed(1));

const columns = 'set task predictor scored hit@1 hit@5 MRR MAP ECE P@.5 R@.5 us/ask us/event MB';

function row(report: Report, ece: number | null, micros: number | undefined): string[] {
  const half = report.thresholds.find(({ level }) => level === 0.5);
  return [
    String(report.scored),
    percent(report.hit1),
    percent(report.hit5),
    report.mrr.toFixed(3),
    percent(report.map),
    ece === null ? '-' : ece.toFixed(3),
    percent(half?.precision ?? null),
    percent(half?.recall ?? null),
    micros === undefined ? '-' : micros.toFixed(1),
  ];
}

const print = (cells: readonly string[]): void => {
  console.log(cells.map((cell, at) => (at < 3 ? cell.padEnd(17) : cell.padStart(8))).join(''));
};

async function main(): Promise<void> {
  const [, , only, ...flags] = process.argv;
  const valueOf = (flag: string): string | undefined => flags[flags.indexOf(flag) + 1];
  const lines = flags.includes('--lines') ? Number(valueOf('--lines')) : undefined;
  const curves: { name: string; report: Report }[] = [];
  console.log(`Node ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? '?'}`);
  print(columns.split(' '));
  for (const dataset of datasets()) {
    if (only !== undefined && only !== 'all' && !only.split(',').includes(dataset.name)) continue;
    for (const [name, create] of predictors) {
      const { next, resources, speed, modelBytes } = evaluate(
        await eventsOf(dataset, lines),
        create,
        dataset,
      );
      const rest = [speed.observe?.micros.toFixed(1) ?? '-', (modelBytes / 2 ** 20).toFixed(1)];
      if (next !== null) {
        print([dataset.name, 'N', name, ...row(next, next.ece, speed.next?.micros), ...rest]);
        if (name === 'ours') curves.push({ name: `${dataset.name} N`, report: next });
      }
      if (resources !== null) {
        const micros = speed.resources?.micros;
        print([dataset.name, 'S', name, ...row(resources, resources.eceAll, micros), ...rest]);
        if (name === 'ours') curves.push({ name: `${dataset.name} S`, report: resources });
      }
    }
  }
  const svg = valueOf('--svg');
  if (flags.includes('--svg') && svg !== undefined) writeFileSync(svg, calibrationSvg(curves));
}

void main();
