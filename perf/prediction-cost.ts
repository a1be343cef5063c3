import { describeMachine } from './support/machine';
import { datasets, type EvalEvent, type EvalPredictor, eventsOf } from './support/predict-eval';
import { createOurs } from './support/predictors';
import { median } from './support/statistics';
import { printTable } from './support/table';

/**
 * What a call of the built predictor costs once it knows a site: a log is learned, then learned
 * again by other visitors with every call timed. Microseconds; the clock's own cost is taken off.
 * `node --import tsx perf/prediction-cost.ts [set,set]`
 */
const guesses = 5;
const dayMs = 86_400_000;

interface Times {
  readonly page: number[];
  readonly resource: number[];
  readonly nextPage: number[];
  readonly resources: number[];
}

function timed(call: () => unknown): number {
  const start = performance.now();
  call();
  return (performance.now() - start) * 1000;
}

/** One pass over a log, as other visitors on another day. */
function replay(events: readonly EvalEvent[], predictor: EvalPredictor, round: number): Times {
  const times: Times = { page: [], resource: [], nextPage: [], resources: [] };
  const last = events.at(-1)?.time ?? 0;
  for (const event of events) {
    const time = event.time + round * (last + dayMs);
    const seen = { ...event, time, client: `${event.client} in round ${round}` };
    const ask = (task: 'next' | 'resources'): number => {
      const context = { ...seen, task, history: [] };
      return timed(() => predictor.predict(context, guesses));
    };
    if (event.type === 'page') {
      times.resources.push(ask('resources'));
      times.page.push(timed(() => predictor.observe(seen)));
      times.nextPage.push(ask('next'));
    } else if (event.type === 'sub') {
      times.resource.push(timed(() => predictor.observe(seen)));
    }
  }
  return times;
}

function percentile99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;
}

async function main(): Promise<void> {
  const only = process.argv[2]?.split(',') ?? ['wikispeedia', 'nasa-jul95'];
  const clock = median(Array.from({ length: 10_000 }, () => timed(() => 0)));
  const rows: (string | number)[][] = [];
  for (const dataset of datasets().filter(({ name }) => only.includes(name))) {
    const events = await eventsOf(dataset);
    const predictor = createOurs({});
    // Short logs come often enough for the compiler, too.
    const rounds = Math.max(1, Math.ceil(60_000 / events.length));
    for (let round = 0; round < rounds; round++) replay(events, predictor, round);
    const times = replay(events, predictor, rounds);
    const observed = [...times.page, ...times.resource];
    for (const [call, all] of Object.entries({ observation: observed, ...times })) {
      if (all.length === 0) continue;
      const cells = [median(all) - clock, percentile99(all) - clock];
      rows.push([dataset.name, call, all.length, ...cells.map((one) => one.toFixed(1))]);
    }
  }
  console.log(describeMachine());
  printTable(['set', 'call', 'calls', 'median us', 'p99 us'], rows);
}

void main();
