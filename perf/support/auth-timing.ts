import { randomBytes } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { lazyAuth } from 'headstart';
import { printTable } from './table';

const length = 400;
const samples = 40_000;

/**
 * Welch's t between the times of lookups of tokens that share nothing with a remembered one, and of
 * those that share all but the end (the method of "dudect", Reparaz et al. 2017). Above 4.5 means
 * that the time tells how much of a guess was right.
 */
export async function measureLookupTiming(): Promise<void> {
  const known = text();
  const auth = lazyAuth({
    verify: (token) => (token === known ? { sub: 'ann' } : undefined),
    refusedTtlMs: 0,
  });
  if ((await auth.of(request(known)).user()) === undefined) throw new Error('not remembered');
  const rows = [0.5, 0.99].map((share) => [percentOf(share), 0]);
  for (const row of rows) row[1] = Number((await tOf(auth, known, row[0] as string)).toFixed(2));
  printTable(['right from the start', "Welch's t"], rows);
}

function percentOf(share: number): string {
  return `${share * 100} %`;
}

async function tOf(
  auth: { of(req: IncomingMessage): { user(): Promise<unknown> } },
  known: string,
  share: string,
): Promise<number> {
  const right = Math.floor((Number.parseFloat(share) / 100) * length);
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < samples; i++) {
    const isNear = randomBytes(1).readUInt8() % 2;
    const other = text();
    const req = request(isNear === 1 ? known.slice(0, right) + other.slice(right) : other);
    const start = process.hrtime.bigint();
    await auth.of(req).user();
    times[isNear === 1 ? 1 : 0].push(Number(process.hrtime.bigint() - start));
  }
  return welch(...times);
}

/** Without the slowest tenth of each: pauses of the collector drown what is sought. */
function welch(a: readonly number[], b: readonly number[]): number {
  const [one, two] = [a, b].map((times) => {
    const kept = times.toSorted((x, y) => x - y).slice(0, Math.floor(times.length * 0.9));
    const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
    const squares = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0);
    return { mean, error: squares / (kept.length - 1) / kept.length };
  });
  if (one === undefined || two === undefined) return NaN;
  return (one.mean - two.mean) / Math.sqrt(one.error + two.error);
}

const socket = new Socket();

function text(): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}

function request(token: string): IncomingMessage {
  const req = new IncomingMessage(socket);
  req.headers.authorization = Buffer.from(`Bearer ${token}`).toString('latin1');
  return req;
}
