import { request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';
import { describeMachine } from './support/machine';
import { runOpenLoop } from './support/open-loop';
import type { OpenLoopResult } from './support/open-loop';
import { pageMix } from './support/page-mix';
import { ServerProcess } from './support/server-process';
import { median, spread } from './support/statistics';
import { printTable } from './support/table';

/**
 * What compression costs, and what is left of it under overload, on HTTP/1.1 with Express 5:
 *
 * - at a steady rate that all bear: CPU of the server and bytes for one response,
 * - at twice the rate that `compression` bears: throughput and latency. The load does not wait.
 *
 *     npm run perf:compression -- --rounds 5 --seconds 4
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    /** Requests per second of the first part. */
    rate: { type: 'string', default: '250' },
    parts: { type: 'string', default: 'cost,overload' },
    mixes: { type: 'string', default: 'page mix,pages and data' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

/** What Chrome says, in an order that is its own. */
const acceptEncoding = 'gzip, deflate, br, zstd';

const allMixes: readonly (readonly [string, readonly string[]])[] = [
  ['page mix', pageMix],
  ['pages and data', pageMix.filter((path) => !/\.(?:css|js)$/.test(path))],
];
const mixes = allMixes.filter(([title]) => values.mixes.split(',').includes(title));

const serverFile = join(__dirname, 'compression-server.ts');

async function main(): Promise<void> {
  console.log(describeMachine());
  if (values.parts.includes('cost')) await measureCost();
  if (!values.parts.includes('overload')) return;
  for (const [title, paths] of mixes) await measureOverload(title, paths);
}

async function measureCost(): Promise<void> {
  const names = ['none', 'compression', 'ours', 'fastify'];
  const servers = await start(names);
  try {
    for (const [title, paths] of mixes) {
      const results = new Map(names.map((name) => [name, [] as (readonly [number, number])[]]));
      for (const server of servers.values()) await warmUp(server, paths);
      for (let round = 0; round < rounds; round++) {
        for (const [name, server] of servers) {
          const before = await server.usage();
          const { answered, meanBytes, asked } = await load(server, paths, Number(values.rate));
          const { cpuMicros } = await server.usage();
          if (answered < asked * 0.9) throw new Error(`${name} does not bear the rate`);
          results.get(name)?.push([(cpuMicros - before.cpuMicros) / asked, meanBytes]);
        }
      }
      reportCost(title, results);
    }
  } finally {
    for (const server of servers.values()) server.stop();
  }
}

function reportCost(
  title: string,
  results: ReadonlyMap<string, readonly (readonly [number, number])[]>,
): void {
  const of = (name: string, at: 0 | 1) => (results.get(name) ?? []).map((one) => one[at]);
  const [cpu, bytes] = [median(of('compression', 0)), median(of('compression', 1))];
  console.log(`\n${title}, ${values.rate} requests/s, ${rounds} rounds of ${seconds} s, medians`);
  printTable(
    ['server', 'CPU µs', 'ratio', 'spread', 'bytes', 'ratio'],
    [...results.keys()].map((name) => [
      name,
      Math.round(median(of(name, 0))),
      Number((median(of(name, 0)) / cpu).toFixed(2)),
      Number(spread(of(name, 0)).toFixed(2)),
      Math.round(median(of(name, 1))),
      Number((median(of(name, 1)) / bytes).toFixed(3)),
    ]),
  );
}

async function measureOverload(title: string, paths: readonly string[]): Promise<void> {
  const names = ['compression', 'ours', 'none'];
  const results = new Map(names.map((name) => [name, [] as OpenLoopResult[]]));
  let rate = 0;
  for (let round = 0; round < rounds; round++) {
    // A fresh server each round: what one round taught the ladder must not help the next.
    const servers = await start(names);
    try {
      for (const server of servers.values()) await warmUp(server, paths);
      if (round === 0) rate = 2 * (await sustainedRate(servers.get('compression'), paths));
      for (const [name, server] of servers) {
        results.get(name)?.push(await load(server, paths, rate, 2 * seconds));
      }
    } finally {
      for (const server of servers.values()) server.stop();
    }
  }
  console.log(`\n${title}, ${Math.round(rate)} requests/s offered for ${2 * seconds} s`);
  const of = (name: string, key: 'answeredPerSecond' | 'p50Ms' | 'p99Ms' | 'meanBytes') =>
    (results.get(name) ?? []).map((one) => one[key]);
  printTable(
    ['server', 'answered/s', 'ratio', 'spread', 'p50 ms', 'p99 ms', 'ratio', 'bytes'],
    names.map((name) => [
      name,
      Math.round(median(of(name, 'answeredPerSecond'))),
      Number(
        (
          median(of(name, 'answeredPerSecond')) / median(of('compression', 'answeredPerSecond'))
        ).toFixed(2),
      ),
      Number(spread(of(name, 'answeredPerSecond')).toFixed(2)),
      Math.round(median(of(name, 'p50Ms'))),
      Math.round(median(of(name, 'p99Ms'))),
      Number((median(of(name, 'p99Ms')) / median(of('compression', 'p99Ms'))).toFixed(3)),
      Math.round(median(of(name, 'meanBytes'))),
    ]),
  );
}

/** Until V8 has compiled what it needs, and files are compressed; then the ladder comes to rest. */
async function warmUp(server: ServerProcess, paths: readonly string[]): Promise<void> {
  await load(server, paths, 400, 6);
  await load(server, paths, 50, 4);
}

/**
 * Answers per second of a server that is given more than it bears. What disturbs the machine makes a
 * server look slower than it is, so a rate is too much only when it was twice.
 */
async function sustainedRate(
  server: ServerProcess | undefined,
  paths: readonly string[],
): Promise<number> {
  if (server === undefined) throw new Error('nothing to measure');
  let rate = 600;
  let most = 0;
  for (let failures = 0; failures < 2;) {
    const { answeredPerSecond } = await load(server, paths, rate, 4);
    console.log(`compression answers ${Math.round(answeredPerSecond)} of ${rate} requests/s`);
    most = Math.max(most, answeredPerSecond);
    if (answeredPerSecond < rate * 0.95) failures++;
    else rate = Math.round(rate * 1.4);
  }
  return most;
}

async function start(names: readonly string[]): Promise<ReadonlyMap<string, ServerProcess>> {
  const servers = new Map<string, ServerProcess>();
  for (const name of names) {
    const server = await ServerProcess.start(serverFile, [name]);
    for (const path of pageMix) await check(server.port, path, name);
    servers.set(name, server);
  }
  return servers;
}

function load(
  { port }: ServerProcess,
  paths: readonly string[],
  requestsPerSecond: number,
  duration = seconds,
): Promise<OpenLoopResult> {
  return runOpenLoop({ port, paths, acceptEncoding, requestsPerSecond, seconds: duration });
}

type Decoder = (body: Buffer) => Buffer;

/** zstd is not in every Node, nor in its types. */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: Decoder };

const decoders: Readonly<Record<string, Decoder | undefined>> = {
  br: zlib.brotliDecompressSync,
  gzip: zlib.gunzipSync,
  zstd: zstdDecompressSync,
};

/** The work happens: what comes is compressed, and is text. */
async function check(port: number, path: string, name: string): Promise<void> {
  const [encoding, body] = await new Promise<[string | undefined, Buffer]>((resolve, reject) => {
    const headers = { 'accept-encoding': acceptEncoding };
    request({ port, host: '127.0.0.1', path, headers }, (res) => {
      buffer(res).then((bytes) => resolve([res.headers['content-encoding'], bytes]), reject);
    })
      .on('error', reject)
      .end();
  });
  const text = decoders[encoding ?? '']?.(body) ?? body;
  const isDone = name === 'none' ? encoding === undefined : encoding !== undefined;
  if (!isDone || !/html|product|function|body/.test(text.toString())) {
    throw new Error(`${name} answers ${path} with ${String(encoding)}, ${body.length} bytes`);
  }
}

void main();
