import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type ClientHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { multiplexing, overHttp2 } from 'headstart';
import { describeMachine } from './support/machine';
import { median } from './support/statistics';
import { printTable } from './support/table';

/**
 * Whether a session with 100 streams starves the others: how long small responses of a second
 * session take while the first gets 100 x 1 MB, on loopback, and how much Node holds meanwhile.
 *
 *     npm run build && node --import tsx perf/fairness.ts
 */
const runs = 5;
const streams = 100;
const largeBytes = 1_000_000;
const smallBytes = 10_000;
const probes = 20;

interface Outcome {
  /** How long each small response took, in milliseconds. */
  readonly latenciesMs: number[];
  readonly heavyMs: number;
  readonly mostNodeBytes: number;
}

/** The server's process; tells its port, and at the end the most that Node held. */
function serve(kind: string): void {
  const app = express();
  const lanes = multiplexing();
  if (kind === 'ours') app.use(lanes);
  const bodies = { '/large': Buffer.alloc(largeBytes), '/small': Buffer.alloc(smallBytes) };
  for (const [path, body] of Object.entries(bodies)) {
    app.get(path, (_req, res) => {
      res.end(body);
    });
  }
  let mostNodeBytes = 0;
  setInterval(() => {
    mostNodeBytes = Math.max(mostNodeBytes, lanes.manager.stats().nodeBytes);
  }, 1);
  process.on('message', () => process.send?.({ mostNodeBytes }));
  // With its default of 10 MB plain Node refuses most of the streams.
  const server = createServer({ maxSessionMemory: 1000 }, overHttp2(app));
  server.listen(0, () => process.send?.({ port: (server.address() as AddressInfo).port }));
}

async function get(session: ClientHttp2Session, path: string, bytes: number): Promise<void> {
  let received = 0;
  const stream = session.request({ ':path': path });
  stream.on('data', (chunk: Buffer) => (received += chunk.byteLength));
  await once(stream, 'end');
  if (received !== bytes) throw new Error(`${path}: ${received} of ${bytes} bytes`);
}

async function open(port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://localhost:${port}`, {
    settings: { initialWindowSize: 6_291_456 },
  });
  await once(session, 'remoteSettings');
  session.setLocalWindowSize(15_728_640);
  return session;
}

async function measure(kind: string, isBusy: boolean): Promise<Outcome> {
  const server = fork(__filename, ['server', kind], { execArgv: process.execArgv });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const [heavy, light] = [await open(port), await open(port)];
  await get(light, '/small', smallBytes);
  const startMs = performance.now();
  const downloads = Array.from({ length: isBusy ? streams : 0 }, async () =>
    get(heavy, '/large', largeBytes),
  );
  const latenciesMs: number[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const sentMs = performance.now();
    await get(light, '/small', smallBytes);
    latenciesMs.push(performance.now() - sentMs);
  }
  await Promise.all(downloads);
  const heavyMs = performance.now() - startMs;
  server.send('stats');
  const [{ mostNodeBytes }] = (await once(server, 'message')) as [{ mostNodeBytes: number }];
  for (const session of [heavy, light]) session.destroy();
  server.kill();
  return { latenciesMs, heavyMs, mostNodeBytes };
}

async function compare(): Promise<void> {
  console.log(`${describeMachine()}; ${runs} runs; ${streams} x 1 MB beside 10 kB responses`);
  const cases = [
    ['ours, alone', 'ours', false],
    ['ours', 'ours', true],
    ['plain', 'plain', true],
  ] as const;
  const rows: (string | number)[][] = [];
  for (const [name, kind, isBusy] of cases) {
    const all: Outcome[] = [];
    for (let run = 0; run < runs; run++) all.push(await measure(kind, isBusy));
    const latenciesMs = all.flatMap((one) => one.latenciesMs);
    rows.push([
      name,
      median(latenciesMs).toFixed(1),
      Math.max(...latenciesMs).toFixed(1),
      median(all.map((one) => one.heavyMs)).toFixed(0),
      (Math.max(...all.map((one) => one.mostNodeBytes)) / 1e6).toFixed(1),
    ]);
  }
  printTable(['server', '10 kB: ms', 'worst', '100 MB: ms', 'in Node: MB'], rows);
}

const [role, kind] = process.argv.slice(2);
if (role === 'server') serve(kind ?? 'ours');
else void compare();
