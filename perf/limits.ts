import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { limiters } from './support/limiter-candidates';
import { measureFunctions } from './support/limiter-functions';
import { measureInExpress } from './support/limiter-in-express';
import { describeMachine } from './support/machine';
import { race } from './support/race';
import type { Candidate } from './support/race';
import { percent, printTable } from './support/table';

/** What a decision costs, as a function and as middleware, beside the limiters that people use. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string', default: 'functions,memory,express,servers' },
  },
});

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

async function measureServers(): Promise<void> {
  const candidates = Object.keys(limiters).map((name): Candidate => ({
    name,
    file: join(__dirname, 'support', 'limits-server.ts'),
    args: [name],
    load: { connections: 16, streams: 1, bodyBytes: 2, isHttp1: true },
  }));
  const standings = await race(candidates, {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
  });
  const plain = standings[0]?.cpuMicros ?? NaN;
  printTable(
    ['Express 5, HTTP/1.1', 'requests/s', 'spread', 'µs CPU', 'added'],
    standings.map((one) => [
      one.name,
      Math.round(one.requestsPerSecond),
      `± ${percent(one.spread / 2)}`,
      one.cpuMicros.toFixed(1),
      (one.cpuMicros - plain).toFixed(1),
    ]),
  );
}

async function main(): Promise<void> {
  const parts = values.only.split(',');
  console.log(describeMachine());
  if (parts.includes('functions')) await measureFunctions();
  if (parts.includes('memory')) await measureMemory();
  if (parts.includes('express')) await measureInExpress();
  if (parts.includes('servers')) await measureServers();
  process.exit();
}

void main();
