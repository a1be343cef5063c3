import { randomBytes, randomInt } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { lazyAuth } from 'headstart';
import type { LazyAuth } from 'headstart';
import { printTable } from './table';

const length = 400;
const samples = 40_000;
/** Requests prepared at once: the same work for near and far ones, and none between measurements. */
const batch = 1000;

/**
 * Welch's t between the times of lookups of tokens that share nothing with a remembered one, and of
 * those that share all but the end (the method of "dudect", Reparaz et al. 2017). Beyond 4.5 the
 * time tells how much of a guess was right.
 */
export async function measureLookupTiming(): Promise<void> {
  const known = text();
  let isFirst = true;
  const auth = lazyAuth({
    // Compares nothing itself: what it takes is not what is sought here.
    verify: () => {
      const user = isFirst ? { sub: 'ann' } : undefined;
      isFirst = false;
      return user;
    },
    refusedTtlMs: 0,
  });
  if ((await auth.of(request(known)).user()) === undefined) throw new Error('not remembered');
  const rows: (string | number)[][] = [];
  for (const right of [0, length / 2, length - 4]) {
    rows.push([right, Number((await tOf(auth, known, right)).toFixed(2))]);
  }
  if ((await auth.of(request(known)).user()) === undefined) throw new Error('forgotten meanwhile');
  printTable([`characters right of ${length}`, "Welch's t"], rows);
}

async function tOf(auth: LazyAuth<object>, known: Buffer, right: number): Promise<number> {
  const near: number[] = [];
  const far: number[] = [];
  for (let done = 0; done < samples; done += batch) {
    const guesses = Array.from({ length: batch }, () => {
      const isNear = randomInt(2) === 1;
      const guess = text();
      known.copy(guess, 0, 0, isNear ? right : 0);
      return { times: isNear ? near : far, req: request(guess) };
    });
    for (const { times, req } of guesses) {
      const start = process.hrtime.bigint();
      await auth.of(req).user();
      times.push(Number(process.hrtime.bigint() - start));
    }
  }
  return welch(near, far);
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

function text(): Buffer {
  return Buffer.from(randomBytes(length).toString('base64url').slice(0, length));
}

const socket = new Socket();

function request(token: Buffer): IncomingMessage {
  const req = new IncomingMessage(socket);
  req.headers.authorization = Buffer.concat([Buffer.from('Bearer '), token]).toString('latin1');
  return req;
}
