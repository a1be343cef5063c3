import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countedLoad, startRunner, takeTurns, type Runner } from './support/counted-run';
import { describeMachine } from './support/machine';
import { median } from './support/statistics';
import { printTable } from './support/table';

/**
 * What `multiplexing()` costs where nothing is to be gained: large responses on loopback, alone on
 * their session and beside others, and the pages of the shop. The same app with and without it, in
 * turn, in several pairs of processes; the ratios are medians of those of each round.
 *
 *     npm run build && node --import tsx perf/multiplexing.ts --only shop --pairs 7
 */
interface Scenario {
  readonly name: string;
  readonly protocol: 'h2c' | 'tls';
  readonly paths: readonly string[];
  readonly connections: number;
  readonly streams: number;
}

/** One is 10 MB; of eight, each is 1 MB, because plain Node refuses streams once it holds 10 MB. */
const large = [
  { streams: 1, megabytes: 10 },
  { streams: 8, megabytes: 1 },
];

/** What a browser that has nothing yet asks for on three pages of the shop. */
const shop = [
  '/',
  '/product/42',
  '/catalogue',
  '/assets/css/sb-admin-2.min.css',
  '/assets/vendor/fontawesome-free/css/all.min.css',
  '/assets/vendor/jquery/jquery.min.js',
  '/assets/vendor/bootstrap/js/bootstrap.bundle.min.js',
  '/static/css/shop.css',
  '/static/css/product.css',
  '/static/css/lists.css',
  '/static/js/shop.js',
  '/static/js/lists.js',
  '/static/favicon.svg',
  '/images/hero.svg',
  ...Array.from({ length: 10 }, (_, index) => `/images/product/${index + 1}/front.svg`),
];

const scenarios: readonly Scenario[] = (['h2c', 'tls'] as const).flatMap((protocol) => [
  ...large.flatMap(({ streams, megabytes }) =>
    ['end', 'file'].map((way) => ({
      name: `${protocol}, ${way}, ${streams} x ${megabytes} MB`,
      protocol,
      paths: [`/${way}/${megabytes}`],
      connections: 1,
      streams,
    })),
  ),
  { name: `${protocol}, shop`, protocol, paths: shop, connections: 4, streams: 16 },
]);

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.5' },
    only: { type: 'string', default: '' },
  },
});

const file = join(__dirname, 'multiplexing-server.ts');

function load({ server }: Runner, scenario: Scenario, requests: number): Promise<number> {
  const { protocol, paths, connections, streams } = scenario;
  const scheme = protocol === 'tls' ? 'https' : 'http';
  const urls = paths.map((path) => `${scheme}://127.0.0.1:${server.port}${path}`);
  return countedLoad(requests, ['-c', String(connections), '-m', String(streams), ...urls]);
}

/** A pair of servers, measured in turn. What V8 makes of a process differs more than the rounds in it. */
async function race(scenario: Scenario): Promise<Runner[]> {
  const runners: Runner[] = [];
  const isLarge = scenario.paths.length === 1;
  const content = isLarge ? 'large' : 'shop';
  try {
    for (const name of ['ours', 'plain']) {
      runners.push(await startRunner(name, file, [name, scenario.protocol, content]));
    }
    const least = scenario.paths.length * 2;
    let rate = 0;
    for (const runner of runners) {
      rate = await load(runner, scenario, isLarge ? 32 : 50 * least);
    }
    const requests = Math.max(least, Math.round((rate * Number(values.seconds)) / least) * least);
    const rounds = Number(values.rounds);
    await takeTurns(runners, { rounds, requests }, (one, many) => load(one, scenario, many));
    return runners;
  } finally {
    for (const { server } of runners) server.stop();
  }
}

async function compare(scenario: Scenario): Promise<(string | number)[]> {
  const races: Runner[][] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) races.push(await race(scenario));
  const [ours, plain] = [0, 1].map((which) => ({
    rates: races.flatMap((runners) => runners[which]?.rates ?? []),
    cpuMicros: races.flatMap((runners) => runners[which]?.cpuMicros ?? []),
  }));
  return rowOf(scenario, ours, plain);
}

type Figures = Pick<Runner, 'rates' | 'cpuMicros'>;

function rowOf({ name }: Scenario, ours?: Figures, plain?: Figures): (string | number)[] {
  if (ours === undefined || plain === undefined) return [name];
  return [
    name,
    Math.round(median(plain.rates)),
    ...ratios(ours.rates, plain.rates),
    Math.round(median(plain.cpuMicros)),
    ...ratios(ours.cpuMicros, plain.cpuMicros),
  ];
}

/** The median of the ratios of each round, and where half of them lie. */
function ratios(ours: readonly number[], plain: readonly number[]): [string, string] {
  const all = ours.map((one, round) => one / (plain[round] ?? NaN)).toSorted((a, b) => a - b);
  const [low, high] = [0.25, 0.75].map((share) => all[Math.floor(share * (all.length - 1))] ?? NaN);
  return [median(all).toFixed(3), `${low?.toFixed(2)}-${high?.toFixed(2)}`];
}

async function main(): Promise<void> {
  console.log(`${describeMachine()}; ${values.pairs} pairs, ${values.rounds} rounds each`);
  const rows: (string | number)[][] = [];
  for (const scenario of scenarios) {
    if (scenario.name.includes(values.only)) rows.push(await compare(scenario));
  }
  const head = ['plain: answers/s', 'ours', 'half', 'plain: µs CPU', 'ours', 'half'];
  printTable(['load', ...head], rows);
}

void main();
