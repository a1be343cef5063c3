import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compiledServer } from './buffers-compiled';
import { describeMachine } from './support/machine';
import { ServerProcess } from './support/server-process';
import { median } from './support/statistics';
import { printTable } from './support/table';

/** Memory of a server with 500 concurrent downloads of 1 MiB whose readers are slow. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    servers: { type: 'string', default: 'plain h2c,zeroCopy h2c' },
    path: { type: 'string', default: '/static/1024.bin' },
  },
});
const file = compiledServer();
const sessions = 100;
const streams = 5;

async function peakOf(name: string): Promise<{ rss: number; cpu: number; seconds: number }> {
  const server = await ServerProcess.start(file, [name]);
  try {
    const scheme = name.endsWith('tls') ? 'https' : 'http';
    const url = `${scheme}://127.0.0.1:${server.port}${values.path}`;
    const start = performance.now();
    const before = await server.usage();
    const client = fork(join(__dirname, 'buffers-slow-client.ts'), [
      url,
      String(sessions),
      String(streams),
    ]);
    const [{ bytes }] = (await once(client, 'message')) as [{ bytes: number }];
    if (bytes !== sessions * streams * 2 ** 20) throw new Error(`${name} sent ${bytes} bytes`);
    const after = await server.usage();
    return {
      rss: after.peakRssBytes / 2 ** 20,
      cpu: (after.cpuMicros - before.cpuMicros) / 1000,
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    server.stop();
  }
}

async function main(): Promise<void> {
  console.log(describeMachine());
  const names = values.servers.split(',');
  const peaks = new Map(names.map((name) => [name, [] as number[]]));
  const cpus = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const name of names) {
      const { rss, cpu, seconds } = await peakOf(name);
      console.log(
        `  ${name}: ${Math.round(rss)} MiB, ${Math.round(cpu)} ms CPU, ${seconds.toFixed(1)} s`,
      );
      peaks.get(name)?.push(rss);
      cpus.get(name)?.push(cpu);
    }
  }
  const base = median(peaks.get(names[0] ?? '') ?? []);
  printTable(
    ['500 slow readers of 1 MiB', 'peak RSS MiB', 'ratio', 'ms CPU'],
    names.map((name) => {
      const peak = median(peaks.get(name) ?? []);
      return [
        name,
        Math.round(peak),
        (peak / base).toFixed(2),
        Math.round(median(cpus.get(name) ?? [])),
      ];
    }),
  );
}

void main();
