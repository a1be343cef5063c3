import { MemoryStore, rateLimit } from 'express-rate-limit';
import { RateLimits } from 'headstart';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { median, spread } from './statistics';
import { percent, printTable } from './table';

/** No limit that anybody reaches. */
const never = 1_000_000_000;
const pack = 1000;
const rounds = 25;
const warmUps = 5;
/** Decisions of one candidate in one round at least, so that what the others left in the caches is gone. */
const leastDecisions = 20_000;

/** Decides on keys. @returns How many were admitted. */
type Decide = (keys: readonly string[]) => number | Promise<number>;

/** Flat, as the addresses of sockets are: templates are trees of their parts until somebody reads them. */
const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

const addressOf = (index: number): string =>
  flat(`${10 + (index % 200)}.${(index >> 3) & 255}.${(index >> 11) & 255}.${index % 251}`);

/** Reads the clock for each decision, as the others do. */
function limits(options: ConstructorParameters<typeof RateLimits>[0]): Decide {
  const counted = new RateLimits({ limit: never, ...options });
  return (keys) => {
    let admitted = 0;
    for (const key of keys) if (counted.take(key)) admitted += 1;
    return admitted;
  };
}

/** Reads it once for what is decided together, as it can be here and not there. */
function limitsAtOnce(): Decide {
  const counted = new RateLimits({ limit: never });
  return (keys) => {
    let admitted = 0;
    const nowMs = Date.now();
    for (const key of keys) if (counted.take(key, 1, never, nowMs)) admitted += 1;
    return admitted;
  };
}

/** What nobody who counts by strings in V8 can save: one search, one addition, and no time at all. */
function bareMap(): Decide {
  const hits = new Map<string, { count: number }>();
  return (keys) => {
    let admitted = 0;
    for (const key of keys) {
      const known = hits.get(key);
      if (known === undefined) hits.set(flat(key), { count: 1 });
      else known.count += 1;
      admitted += 1;
    }
    return admitted;
  };
}

function clockAlone(): Decide {
  return (keys) => {
    let admitted = 0;
    for (const _key of keys) if (Date.now() > 0) admitted += 1;
    return admitted;
  };
}

function flexible(): Decide {
  const limiter = new RateLimiterMemory({ points: never, duration: 60 });
  return async (keys) => {
    let admitted = 0;
    for (const key of keys) if ((await limiter.consume(key)).remainingPoints > 0) admitted += 1;
    return admitted;
  };
}

function memoryStore(): Decide {
  const store = new MemoryStore();
  rateLimit({ store });
  return async (keys) => {
    let admitted = 0;
    for (const key of keys) if ((await store.increment(key)).totalHits <= never) admitted += 1;
    return admitted;
  };
}

/** Made anew for each number of keys: nobody keeps the keys of the table before. */
const candidates: readonly (readonly [string, () => Decide])[] = [
  ['RateLimits, sliding window', () => limits({})],
  ['the same, clock read once for 1000', limitsAtOnce],
  ['RateLimits, token bucket', () => limits({ algorithm: 'token-bucket' })],
  ['rate-limiter-flexible, consume', flexible],
  ['express-rate-limit, MemoryStore alone', memoryStore],
  ['limit: Map.get and add one, no clock', bareMap],
  ['limit: Date.now() alone', clockAlone],
];

/** The keys in an order in which none follows its neighbour in memory, cut into packs. */
function packsOf(count: number): string[][] {
  const addresses = Array.from({ length: count }, (_, index) => addressOf(index));
  const mixed = addresses.map((_, index) => addresses[(index * 7919) % count] ?? '');
  return Array.from({ length: count / pack }, (_, index) =>
    mixed.slice(index * pack, (index + 1) * pack),
  );
}

/** Prints what a decision takes as a function, among few keys and many. */
export async function measureFunctions(): Promise<void> {
  await measureAmong(1000, false);
  await measureAmong(100_000, false);
  await measureAmong(100_000, true);
}

/**
 * Candidates take turns, round after round; the first rounds warm up and fill the tables. Beside the median
 * stands the fastest round, which other work on the machine disturbed the least.
 *
 * @param isFresh Whether each request has a string of its own, as one from a header is. Otherwise V8
 * knows the hash of each key already, as of the address of a socket that is kept open.
 */
async function measureAmong(count: number, isFresh: boolean): Promise<void> {
  const packs = packsOf(count);
  const runners = candidates.map(([name, make]) => ({
    name,
    decide: make(),
    nanos: [] as number[],
  }));
  for (let round = 0; round < rounds + warmUps; round++) {
    for (const { decide, nanos } of runners) {
      const spent = await timeOf(decide, packs, isFresh);
      if (round >= warmUps) nanos.push(spent);
    }
  }
  printTable(
    [
      `decision among ${count} keys${isFresh ? ', each a new string' : ''}`,
      'ns',
      'fastest',
      'spread',
    ],
    runners.map(({ name, nanos }) => [
      name,
      Math.round(median(nanos)),
      Math.round(Math.min(...nanos)),
      `± ${percent(spread(nanos) / 2)}`,
    ]),
  );
}

/** Nanoseconds of one decision, over as many as a round has. */
async function timeOf(
  decide: Decide,
  packs: readonly (readonly string[])[],
  isFresh: boolean,
): Promise<number> {
  let nanos = 0n;
  const decisions = Math.max(packs.length * pack, leastDecisions);
  for (let turn = 0; turn < decisions / pack; turn++) {
    const given = packs[turn % packs.length] ?? [];
    const keys = isFresh ? given.map(flat) : given;
    const start = process.hrtime.bigint();
    const answer = decide(keys);
    const admitted = typeof answer === 'number' ? answer : await answer;
    nanos += process.hrtime.bigint() - start;
    if (admitted !== pack) throw new Error(`${admitted} of ${pack} were admitted`);
  }
  return Number(nanos) / decisions;
}
