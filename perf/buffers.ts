import { parseArgs } from 'node:util';
import { compiledServer } from './buffers-compiled';
import { scenarios, type Scenario } from './buffers-bodies';
import { countedLoad, startRunner, takeTurns, type Runner } from './support/counted-run';
import { describeMachine } from './support/machine';
import { median } from './support/statistics';
import { printTable } from './support/table';

/**
 * What `zeroCopy()` changes: the same Express app over the same bridge with and without it, and
 * others beside them. Every server has a process of its own and gets the same requests; the servers
 * take turns, round after round, and the medians of the rounds are compared.
 */
const file = compiledServer();

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    seconds: { type: 'string', default: '0.5' },
    only: { type: 'string', default: '' },
    rate: { type: 'string' },
    servers: {
      type: 'string',
      default: 'plain h2c,zeroCopy h2c,idle layer h2c,corked h2c,whole h2c,plain http1,fastify h2c',
    },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
/** Of all servers alike, in requests a second: else each gets what it can take. */
const givenRate = values.rate === undefined ? undefined : Number(values.rate);
const clients = 4;

/** Asks for `requests` responses, 64 at a time. */
function load({ name, server }: Runner, { paths }: Scenario, requests: number): Promise<number> {
  const scheme = name.endsWith('tls') ? 'https' : 'http';
  const isHttp1 = name.endsWith('http1');
  const urls = paths.map((path) => `${scheme}://127.0.0.1:${server.port}${path}`);
  const many = isHttp1 ? ['--h1', '-c', '64', '-m', '1'] : ['-c', String(clients), '-m', '16'];
  if (givenRate !== undefined && !isHttp1) many.push('--rps', String(givenRate / clients));
  return countedLoad(requests, [...many, ...urls]);
}

async function runScenario(scenario: Scenario, names: readonly string[]): Promise<void> {
  const runners: Runner[] = [];
  try {
    for (const name of names) runners.push(await startRunner(name, file, [name]));
    const warm: number[] = [];
    for (const runner of runners) {
      await load(runner, scenario, 500);
      warm.push(await load(runner, scenario, 1000));
    }
    const requests = Math.max(64, Math.round((givenRate ?? warm[0] ?? 0) * seconds));
    await takeTurns(runners, { rounds, requests }, (one, many) => load(one, scenario, many));
    await report(scenario, runners);
  } finally {
    for (const { server } of runners) server.stop();
  }
}

async function report(scenario: Scenario, runners: readonly Runner[]): Promise<void> {
  const rows: (string | number)[][] = [];
  const [base] = runners;
  if (base === undefined) return;
  const { peakRssBytes: baseRss } = await base.server.usage();
  for (const { name, server, rates, cpuMicros } of runners) {
    const { peakRssBytes } = await server.usage();
    rows.push([
      name,
      Math.round(median(rates)),
      ratio(rates, base.rates),
      Math.round(median(cpuMicros)),
      ratio(cpuMicros, base.cpuMicros),
      Math.round(peakRssBytes / 2 ** 20),
      (peakRssBytes / baseRss).toFixed(2),
    ]);
  }
  const head = ['requests/s', 'ratio', 'µs CPU', 'ratio', 'peak RSS MiB', 'ratio'];
  printTable([scenario.name, ...head], rows);
}

/** The median of the ratios of each round: what disturbs the machine disturbs both. */
function ratio(ours: readonly number[], theirs: readonly number[]): string {
  return median(ours.map((one, round) => one / (theirs[round] ?? NaN))).toFixed(2);
}

async function main(): Promise<void> {
  console.log(describeMachine());
  for (const scenario of scenarios) {
    if (!scenario.name.includes(values.only)) continue;
    await runScenario(scenario, values.servers.split(','));
  }
}

void main();
