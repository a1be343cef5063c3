import { join } from 'node:path';
import { readEffort } from './support/command-line';
import { describeMachine } from './support/machine';
import { race } from './support/race';
import { percent, printTable } from './support/table';

/** What `zeroCopy()` saves an app that writes its responses in small pieces. */
const file = join(__dirname, 'support', 'small-write-servers.ts');

const shapes = [
  { writes: 1000, bytes: 64 },
  { writes: 200, bytes: 1024 },
];

const servers = [
  ['zeroCopy()', 'zero-copy'],
  ['without', 'plain'],
  ['corked by hand', 'corked'],
  ['one res.end()', 'whole'],
] as const;

async function measure(writes: number, bytes: number): Promise<void> {
  console.log(`\n${writes} writes of ${bytes} bytes`);
  const load = { connections: 4, streams: 8, bodyBytes: writes * bytes };
  const path = `/${writes}/${bytes}`;
  const standings = await race(
    servers.map(([name, server]) => ({ name, file, args: [server], load, path })),
    readEffort({ rounds: 3, seconds: 1 }),
  );
  const whole = standings.at(-1);
  printTable(
    ['responses', 'requests/s', 'spread', 'of one end()', 'µs CPU', 'peak RSS MB'],
    standings.map((standing) => [
      standing.name,
      Math.round(standing.requestsPerSecond),
      `± ${percent(standing.spread / 2)}`,
      (standing.requestsPerSecond / (whole?.requestsPerSecond ?? NaN)).toFixed(2),
      Math.round(standing.cpuMicros),
      Math.round(standing.peakRssBytes / 1e6),
    ]),
  );
}

async function main(): Promise<void> {
  console.log(describeMachine());
  for (const { writes, bytes } of shapes) await measure(writes, bytes);
}

void main();
