import { Agent, request } from 'node:http';

/** A load that does not wait for answers: requests leave at a steady rate whatever comes back. */
export interface OpenLoad {
  readonly port: number;
  readonly paths: readonly string[];
  readonly acceptEncoding: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

export interface OpenLoopResult {
  readonly asked: number;
  /** Answered before the time was over. */
  readonly answered: number;
  readonly answeredPerSecond: number;
  /** From the moment a request was due; what was not answered counts until the end of waiting. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of bodies as they came over the line. */
  readonly meanBytes: number;
}

/** How long answers are waited for after the last request. */
const patienceMs = 10_000;

const maxSockets = 400;

/** Puts a load on a server and measures from the client's side. */
export async function runOpenLoop(load: OpenLoad): Promise<OpenLoopResult> {
  const agent = new Agent({ keepAlive: true, maxSockets, scheduling: 'fifo' });
  const latenciesMs: number[] = [];
  let bytes = 0;
  let inTime = 0;
  const total = Math.round(load.requestsPerSecond * load.seconds);
  const startMs = performance.now();
  const endMs = startMs + load.seconds * 1000;
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < total; sent++) {
    const dueMs = startMs + (sent / load.requestsPerSecond) * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await new Promise((go) => setTimeout(go, waitMs));
    const path = load.paths[sent % load.paths.length] ?? '/';
    pending.push(
      ask(agent, load, path).then((length) => {
        const nowMs = performance.now();
        latenciesMs.push(nowMs - dueMs);
        bytes += length;
        if (nowMs <= endMs) inTime++;
      }),
    );
  }
  const isOver = new Promise<void>((over) => setTimeout(over, patienceMs).unref());
  await Promise.race([Promise.all(pending), isOver]);
  const waitedMs = performance.now() - endMs;
  const answeredAtAll = latenciesMs.length;
  for (let missing = latenciesMs.length; missing < total; missing++) latenciesMs.push(waitedMs);
  agent.destroy();
  const meanBytes = bytes / answeredAtAll;
  return { asked: total, ...summary(inTime, load.seconds, latenciesMs), meanBytes };
}

function summary(answered: number, seconds: number, latenciesMs: readonly number[]) {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  return { answered, answeredPerSecond: answered / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Resolves with the length of the body; anything but a 200 fails the measurement. */
function ask(agent: Agent, { port, acceptEncoding }: OpenLoad, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': acceptEncoding };
    request({ agent, port, host: '127.0.0.1', path, headers }, (res) => {
      let length = 0;
      res.on('data', (chunk: Buffer) => (length += chunk.length));
      res.on('end', () => {
        if (res.statusCode === 200 && length > 0) resolve(length);
        else reject(new Error(`${path} was answered with ${res.statusCode}`));
      });
    })
      .on('error', (error: NodeJS.ErrnoException) => {
        // What is still under way when the waiting is over is cut off.
        if (error.code === 'ECONNRESET') resolve(0);
        else reject(error);
      })
      .end();
  });
}
