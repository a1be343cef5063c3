import { rateLimit, MemoryStore } from 'express-rate-limit';
import { RateLimits } from 'headstart';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Counts 100,000 keys and tells the bytes each took; `node --expose-gc limiter-memory.ts NAME`. */
const keys = 100_000;

/** Strings of their own: none is kept alive by us. */
const keyOf = (index: number): string => `user-${index}-${(index * 7919) % 1000}`;

const limiters: Record<string, () => Promise<unknown>> = {
  'headstart, log of 5': () => fill(new RateLimits({ limit: 5 })),
  'headstart, sliding window': () => fill(new RateLimits({ limit: 100 })),
  'headstart, token bucket': () => fill(new RateLimits({ limit: 100, algorithm: 'token-bucket' })),
  'express-rate-limit': async () => {
    const store = new MemoryStore();
    rateLimit({ store });
    for (let i = 0; i < keys; i++) await store.increment(keyOf(i));
    return store;
  },
  'rate-limiter-flexible': async () => {
    const limiter = new RateLimiterMemory({ points: 100, duration: 60 });
    for (let i = 0; i < keys; i++) await limiter.consume(keyOf(i));
    return limiter;
  },
};

async function fill(limits: RateLimits): Promise<RateLimits> {
  for (let i = 0; i < keys; i++) limits.take(keyOf(i));
  return Promise.resolve(limits);
}

function bytesInUse(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function main(): Promise<void> {
  const make = limiters[process.argv[2] ?? ''];
  if (make === undefined) throw new Error('no such limiter');
  const before = bytesInUse();
  const kept = await make();
  const bytes = bytesInUse() - before;
  process.send?.({ bytesPerKey: bytes / keys, kept: typeof kept });
  process.exit();
}

void main();
