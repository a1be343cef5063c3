import { runH2load } from './h2load';
import type { Load } from './h2load';
import type { Effort } from './command-line';
import { ServerProcess } from './server-process';
import { median, spread } from './statistics';

/** A server in a race, and the load that it gets. */
export interface Candidate {
  readonly name: string;
  /** The file that serves it, and its arguments. */
  readonly file: string;
  readonly args: readonly string[];
  readonly load: Omit<Load, 'url' | 'seconds'>;
  readonly scheme?: 'http' | 'https';
  /** @default '/' */
  readonly path?: string;
}

export interface Standing {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Of the requests per second, over the rounds. */
  readonly spread: number;
  /** What the server process used for one response. */
  readonly cpuMicros: number;
  readonly peakRssBytes: number;
}

interface Runner {
  readonly candidate: Candidate;
  readonly server: ServerProcess;
  readonly rates: number[];
  readonly cpuMicros: number[];
}

/**
 * Measures the candidates in turn, round after round, so that whatever disturbs the machine
 * disturbs all of them, and takes medians. The first round warms up and does not count.
 *
 * @param warmupSeconds Length of that round.
 */
export async function race(
  candidates: readonly Candidate[],
  effort: Effort,
  warmupSeconds = 1,
): Promise<readonly Standing[]> {
  const runners: Runner[] = [];
  try {
    for (const candidate of candidates) {
      const server = await ServerProcess.start(candidate.file, candidate.args);
      runners.push({ candidate, server, rates: [], cpuMicros: [] });
    }
    for (const runner of runners) await measure(runner, warmupSeconds);
    for (let round = 1; round <= effort.rounds; round++) {
      console.log(`round ${round} of ${effort.rounds}`);
      for (const runner of runners) await measureAndKeep(runner, effort.seconds);
    }
    return await Promise.all(runners.map(standing));
  } finally {
    for (const { server } of runners) server.stop();
  }
}

async function measureAndKeep(runner: Runner, seconds: number): Promise<void> {
  const { rate, cpuMicros } = await measure(runner, seconds);
  runner.rates.push(rate);
  runner.cpuMicros.push(cpuMicros);
  const cpu = `${Math.round(cpuMicros)} µs CPU each`;
  console.log(`  ${runner.candidate.name}: ${Math.round(rate)} requests/s, ${cpu}`);
}

async function measure({ candidate, server }: Runner, seconds: number) {
  const { load, scheme = 'http', path = '/' } = candidate;
  const url = `${scheme}://127.0.0.1:${server.port}${path}`;
  const before = await server.usage();
  const { requests, requestsPerSecond } = await runH2load({ ...load, url, seconds });
  const after = await server.usage();
  return { rate: requestsPerSecond, cpuMicros: (after.cpuMicros - before.cpuMicros) / requests };
}

async function standing({ candidate, server, rates, cpuMicros }: Runner): Promise<Standing> {
  const { peakRssBytes } = await server.usage();
  return {
    name: candidate.name,
    requestsPerSecond: median(rates),
    spread: spread(rates),
    cpuMicros: median(cpuMicros),
    peakRssBytes,
  };
}
