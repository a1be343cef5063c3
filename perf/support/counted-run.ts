import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ServerProcess } from './server-process';

/** A server, and what each round with it gave. */
export interface Runner {
  readonly name: string;
  readonly server: ServerProcess;
  readonly rates: number[];
  readonly cpuMicros: number[];
}

export async function startRunner(
  name: string,
  file: string,
  args: readonly string[],
): Promise<Runner> {
  return { name, server: await ServerProcess.start(file, args), rates: [], cpuMicros: [] };
}

/** Runs h2load with `args` for so many requests. Throws unless all were answered with 200. @returns Answers a second. */
export async function countedLoad(requests: number, args: readonly string[]): Promise<number> {
  const { stdout } = await promisify(execFile)('h2load', ['-n', String(requests), ...args]);
  const [, rate] = /, ([\d.]+) req\/s/.exec(stdout) ?? [];
  const [, good] = /status codes: (\d+) 2xx/.exec(stdout) ?? [];
  if (Number(good) !== requests) throw new Error(`h2load ${args.join(' ')}:\n${stdout}`);
  return Number(rate);
}

/** Has the runners take turns, each round in the other order, and notes rates and the CPU of a request. */
export async function takeTurns(
  runners: readonly Runner[],
  { rounds, requests }: { readonly rounds: number; readonly requests: number },
  load: (runner: Runner, requests: number) => Promise<number>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const runner of round % 2 === 0 ? runners : runners.toReversed()) {
      const before = await runner.server.usage();
      runner.rates.push(await load(runner, requests));
      const after = await runner.server.usage();
      runner.cpuMicros.push((after.cpuMicros - before.cpuMicros) / requests);
    }
  }
}
