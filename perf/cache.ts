import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Effort } from './support/command-line';
import { describeMachine } from './support/machine';
import { race } from './support/race';
import type { Candidate, Standing } from './support/race';
import { percent, printTable } from './support/table';

/**
 * What a hit of `responseCache()` costs beside a bare `res.end(buffer)` in a route of the same
 * Express app over the same bridge, and beside a route that sets the same headers.
 *
 *     npm run perf:cache -- --protocols h2c --sizes 1,16 --rounds 9
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    protocols: { type: 'string', default: 'h2c,http1' },
    /** Of the bodies, in KiB. */
    sizes: { type: 'string', default: '1,16,128' },
  },
});

const file = join(__dirname, 'support', 'cache-servers.ts');

const servers = [
  ['bare res.end(buffer)', 'bare'],
  ['the same with headers', 'described'],
  ['responseCache hit', 'cache'],
  ['apicache hit', 'apicache'],
] as const;

/** Until V8 has compiled what a hit needs. */
const warmupSeconds = 3;

const protocols = {
  h2c: { connections: 4, streams: 16 },
  http1: { connections: 64, streams: 1, isHttp1: true },
} as const;

type Protocol = keyof typeof protocols;

function candidates(protocol: Protocol, bytes: number): readonly Candidate[] {
  return servers.map(([name, server]) => ({
    name: `${protocol} ${bytes / 1024} KiB: ${name}`,
    file,
    args: [server, protocol],
    load: { ...protocols[protocol], bodyBytes: bytes },
    path: `/${bytes}`,
  }));
}

function row(standing: Standing, first: Standing): (string | number)[] {
  return [
    standing.name,
    Math.round(standing.requestsPerSecond),
    `± ${percent(standing.spread / 2)}`,
    (standing.requestsPerSecond / first.requestsPerSecond).toFixed(2),
    Math.round(standing.cpuMicros),
    (standing.cpuMicros / first.cpuMicros).toFixed(2),
  ];
}

async function measure(protocol: Protocol, bytes: number, effort: Effort): Promise<void> {
  const standings = await race(candidates(protocol, bytes), effort, warmupSeconds);
  const [first] = standings;
  if (first === undefined) return;
  printTable(
    ['answer', 'requests/s', 'spread', 'of the first', 'µs CPU', 'of the first'],
    standings.map((standing) => row(standing, first)),
  );
}

async function main(): Promise<void> {
  const effort = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
  console.log(describeMachine());
  for (const protocol of ['h2c', 'http1'] as const) {
    if (!values.protocols.includes(protocol)) continue;
    for (const size of values.sizes.split(',')) {
      await measure(protocol, Number(size) * 1024, effort);
    }
  }
}

void main();
