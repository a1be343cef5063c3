import { fork } from 'node:child_process';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import Benchmark from 'benchmark';
import { MemoryStore, rateLimit } from 'express-rate-limit';
import { RateLimits, rateLimiter } from 'headstart';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { readEffort } from './support/command-line';
import { describeMachine } from './support/machine';
import { race } from './support/race';
import type { Candidate } from './support/race';
import { printTable } from './support/table';

/** What a decision costs, as a function and as middleware, beside the limiters that people use. */
const never = 1_000_000_000;
const pack = 1000;

/** Flat, as the addresses of sockets are: templates are trees of their parts until somebody reads them. */
const addressOf = (index: number): string =>
  Buffer.from(
    `${10 + (index % 200)}.${(index >> 3) & 255}.${(index >> 11) & 255}.${index % 251}`,
  ).toString('latin1');

/** Decides on `pack` keys. @returns How many were admitted. */
type Decide = (keys: readonly string[]) => number | Promise<number>;

/** Reads the clock for each decision, as the others do. */
function limits(options: ConstructorParameters<typeof RateLimits>[0]): Decide {
  const counted = new RateLimits(options);
  return (keys) => {
    let admitted = 0;
    for (const key of keys) if (counted.take(key)) admitted += 1;
    return admitted;
  };
}

/** Reads it once for what is decided together, as it can be here and not there. */
function limitsAtOnce(options: ConstructorParameters<typeof RateLimits>[0]): Decide {
  const counted = new RateLimits(options);
  return (keys) => {
    let admitted = 0;
    const nowMs = Date.now();
    for (const key of keys) if (counted.take(key, 1, counted.limit, nowMs)) admitted += 1;
    return admitted;
  };
}

function middleware(
  limiter: (req: never, res: never, next: never) => void | Promise<void>,
): Decide {
  const app = { get: () => false };
  return async (keys) => {
    let admitted = 0;
    const next = () => (admitted += 1);
    for (const ip of keys) {
      const req = Object.assign(new IncomingMessage(socket), { ip, app });
      const answer = limiter(req as never, new ServerResponse(req) as never, next as never);
      if (answer !== undefined) await answer;
    }
    return admitted;
  };
}

const socket = new Socket();
const store = new MemoryStore();
const flexible = new RateLimiterMemory({ points: never, duration: 60 });

const functions: readonly (readonly [string, () => Decide])[] = [
  ['RateLimits, sliding window', () => limits({ limit: never })],
  ['the same, one clock reading for 1000', () => limitsAtOnce({ limit: never })],
  ['RateLimits, token bucket', () => limits({ limit: never, algorithm: 'token-bucket' })],
  [
    'rate-limiter-flexible, consume',
    () => async (keys) => {
      let admitted = 0;
      for (const key of keys) {
        if ((await flexible.consume(key)).remainingPoints > 0) admitted += 1;
      }
      return admitted;
    },
  ],
  [
    'express-rate-limit, MemoryStore alone',
    () => {
      rateLimit({ store });
      return async (keys) => {
        let admitted = 0;
        for (const key of keys) {
          if ((await store.increment(key)).totalHits <= never) admitted += 1;
        }
        return admitted;
      };
    },
  ],
  ['rateLimiter, called', () => middleware(rateLimiter({ limit: never }) as never)],
  ['express-rate-limit, called', () => middleware(rateLimit({ limit: never }) as never)],
  ['a request and a response alone', () => middleware((_req, _res, next: () => void) => next())],
];

async function nanosOf(
  decide: Decide,
  packs: readonly string[][],
  seconds: number,
): Promise<number> {
  let turn = 0;
  const bench = new Benchmark({
    defer: true,
    maxTime: seconds,
    fn: (deferred: { resolve(): void }) => {
      const keys = packs[turn++ % packs.length] ?? [];
      void decideAll(decide, keys).then(() => deferred.resolve());
    },
  });
  const done = new Promise((resolve) => {
    bench.on('complete', resolve);
  });
  bench.run({ async: true });
  await done;
  return (bench.stats.mean * 1e9) / pack;
}

async function decideAll(decide: Decide, keys: readonly string[]): Promise<void> {
  const admitted = await decide(keys);
  if (admitted !== pack) throw new Error(`${admitted} of ${pack} were admitted`);
}

/** The keys in an order in which none follows its neighbour in memory, cut into packs. */
function packsOf(count: number): string[][] {
  const addresses = Array.from({ length: count }, (_, index) => addressOf(index));
  const mixed = addresses.map((_, index) => addresses[(index * 7919) % count] ?? '');
  return Array.from({ length: count / pack }, (_, index) =>
    mixed.slice(index * pack, (index + 1) * pack),
  );
}

async function measureFunctions(seconds: number): Promise<void> {
  for (const count of [1000, 100_000]) {
    const packs = packsOf(count);
    const rows: (string | number)[][] = [];
    for (const [name, make] of functions) {
      rows.push([name, Math.round(await nanosOf(make(), packs, seconds))]);
    }
    printTable([`decision among ${count} keys`, 'ns'], rows);
  }
}

async function measureMemory(): Promise<void> {
  const rows: (string | number)[][] = [];
  const names = ['headstart, log of 5', 'headstart, sliding window', 'headstart, token bucket'];
  for (const name of [...names, 'express-rate-limit', 'rate-limiter-flexible']) {
    const file = join(__dirname, 'support', 'limiter-memory.ts');
    const child = fork(file, [name], { execArgv: [...process.execArgv, '--expose-gc'] });
    const [{ bytesPerKey }] = (await once(child, 'message')) as [{ bytesPerKey: number }];
    rows.push([name, Number(bytesPerKey.toFixed(1))]);
  }
  printTable(['100,000 keys', 'bytes a key'], rows);
}

async function measureServers(effort: { rounds: number; seconds: number }): Promise<void> {
  const names = [
    'plain',
    'headers-alone',
    'headstart',
    'express-rate-limit',
    'headstart-draft-8',
    'express-rate-limit-draft-8',
  ];
  const candidates = names.map((name): Candidate => ({
    name,
    file: join(__dirname, 'support', 'limits-server.ts'),
    args: [name],
    load: { connections: 16, streams: 1, bodyBytes: 2, isHttp1: true },
  }));
  const standings = await race(candidates, effort);
  const plain = standings[0]?.cpuMicros ?? NaN;
  printTable(
    ['Express 5, HTTP/1.1', 'requests/s', 'µs CPU', 'added'],
    standings.map(({ name, requestsPerSecond, cpuMicros }) => [
      name,
      Math.round(requestsPerSecond),
      cpuMicros.toFixed(1),
      (cpuMicros - plain).toFixed(1),
    ]),
  );
}

async function main(): Promise<void> {
  const effort = readEffort({ rounds: 5, seconds: 2 });
  console.log(describeMachine());
  await measureFunctions(effort.seconds / 2);
  await measureMemory();
  await measureServers(effort);
  process.exit();
}

void main();
