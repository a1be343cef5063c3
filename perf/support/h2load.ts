import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A load that h2load (Debian: nghttp2-client) puts on a server. */
export interface Load {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requests under way at once on each connection; HTTP/1.1 has one. */
  readonly streams: number;
  readonly isHttp1?: boolean;
  /** Request headers, as `name: value`. */
  readonly headers?: readonly string[];
  /** Length of one answer, for the check that the work happened. */
  readonly bodyBytes: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** Runs h2load once. Throws unless every answer was a 200 of the right length. */
export async function runH2load(load: Load): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)('h2load', [
    ...(load.isHttp1 === true ? ['--h1'] : []),
    `--duration=${Math.round(load.seconds * 1000)}ms`,
    `--clients=${load.connections}`,
    `--max-concurrent-streams=${load.streams}`,
    ...(load.headers ?? []).map((header) => `--header=${header}`),
    load.url,
  ]);
  const requests = find(stdout, /, (\d+) succeeded/);
  const failed = find(stdout, /succeeded, (\d+) failed/);
  const good = find(stdout, /status codes: (\d+) 2xx/);
  const bodyBytes = find(stdout, /\((\d+)\) data/);
  // Answers that were under way when the time was over are counted in bytes only.
  const surplus = bodyBytes - requests * load.bodyBytes;
  const mostSurplus = load.connections * load.streams * load.bodyBytes;
  if (requests === 0 || failed > 0 || good < requests || surplus < 0 || surplus > mostSurplus) {
    throw new Error(`h2load did not get what it asked for:\n${stdout}`);
  }
  return { requests, requestsPerSecond: requests / load.seconds };
}

function find(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`h2load says something new:\n${output}`);
  return Number(found);
}
