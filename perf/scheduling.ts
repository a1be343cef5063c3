import { PriorityScheduler } from 'headstart';

/** How long 10,000 decisions take among many streams; the median of some rounds. */
const decisions = 10_000;
const rounds = 21;

function measureMs(streams: number): number {
  const scheduler = new PriorityScheduler();
  for (let id = 0; id < streams; id++) {
    const weight = 1 + ((id * 37) % 256);
    scheduler.add(id, { urgency: id % 8, incremental: id % 3 > 0, weight });
  }
  const startMs = performance.now();
  let served = 0;
  for (let i = 0; i < decisions; i++) {
    const id = scheduler.next();
    if (id === undefined) break;
    scheduler.charge(id, 16_384);
    served += 1;
  }
  if (served !== decisions) throw new Error(`only ${served} decisions`);
  return performance.now() - startMs;
}

for (const streams of [10, 100, 1000]) {
  const times = Array.from({ length: rounds }, () => measureMs(streams)).sort((a, b) => a - b);
  const median = times[Math.floor(rounds / 2)] ?? NaN;
  console.log(`${streams} streams: ${median.toFixed(2)} ms for ${decisions} decisions`);
}
