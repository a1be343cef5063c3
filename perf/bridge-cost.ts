import { join } from 'node:path';
import { measureDispatch } from './support/dispatch-cost';
import { readEffort } from './support/command-line';
import { describeMachine } from './support/machine';
import { race } from './support/race';
import type { Candidate, Standing } from './support/race';
import { percent, printTable } from './support/table';

/** What our bridge costs, between the bare `node:http2` that nobody can beat and the others. */
const file = join(__dirname, 'support', 'bridge-servers.ts');
const bodyBytes = 69;
const http2 = { connections: 4, streams: 16, bodyBytes };
const http1 = { connections: 64, streams: 1, bodyBytes, isHttp1: true };

const candidates: readonly Candidate[] = [
  ...[
    ['h2c: bare node:http2 and a router', 'bare'],
    ['h2c: Express 5 on HTTP/2 prototypes alone', 'http2-only-5'],
    ['h2c: Express 5, overHttp2', 'ours-5'],
    ['h2c: Express 5, createServer', 'create-server-5'],
    ['h2c: Express 4 on HTTP/2 prototypes alone', 'http2-only-4'],
    ['h2c: Express 4, overHttp2', 'ours-4'],
  ].map(candidate('http', http2)),
  ...[
    ['HTTP/1.1: plain Express 5', 'plain-5-http1'],
    ['HTTP/1.1: Express 5, overHttp2', 'ours-5-http1'],
  ].map(candidate('http', http1)),
  ...[
    ['TLS: Express 4, http2-express-bridge', 'bridge-4-tls'],
    ['TLS: Express 4, overHttp2', 'ours-4-tls'],
    ['TLS: Express 4, createServer', 'create-server-4-tls'],
    ['TLS: the bridge, middleware with properties', 'bridge-4-tls-marked'],
    ['TLS: createServer, middleware with properties', 'create-server-4-tls-marked'],
  ].map(candidate('https', http2)),
];

function candidate(scheme: 'http' | 'https', load: Candidate['load']) {
  return ([name = '', server = '']: readonly string[]): Candidate => ({
    name,
    file,
    args: [server],
    load,
    scheme,
    path: '/product/tea-042',
  });
}

function row(standing: Standing, first: Standing): (string | number)[] {
  return [
    standing.name,
    Math.round(standing.requestsPerSecond),
    `± ${percent(standing.spread / 2)}`,
    (standing.requestsPerSecond / first.requestsPerSecond).toFixed(2),
    Math.round(standing.cpuMicros),
  ];
}

async function main(): Promise<void> {
  const effort = readEffort({ rounds: 3, seconds: 1 });
  console.log(describeMachine());
  const standings = await race(candidates, effort);
  const [first] = standings;
  if (first === undefined) return;
  printTable(
    ['server', 'requests/s', 'spread', 'of the first', 'µs CPU'],
    standings.map((standing) => row(standing, first)),
  );
  measureDispatch();
}

void main();
