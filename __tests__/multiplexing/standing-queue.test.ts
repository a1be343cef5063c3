import { PathEstimate } from '../../lib/multiplexing/path-estimate';
import { StandingQueue } from '../../lib/multiplexing/standing-queue';

/** A path of 100 ms that carries 1000 bytes in each. */
function known(): { path: PathEstimate; queue: StandingQueue } {
  const path = new PathEstimate();
  path.addRtt(100, 0);
  path.settle(1000, 0);
  return { path, queue: new StandingQueue(path) };
}

test('is what the empty path holds, a quarter of it, a piece, and what the next ACK will tell', () => {
  expect(known().queue.limitBytes(20, 8000)).toBe(100_000 + 25_000 + 20_000 + 8000);
});

test('grows while no queue is seen, and shrinks back when one is', () => {
  const { queue } = known();
  for (let round = 0; round < 4; round++) queue.endRound(105, false);
  expect(queue.limitBytes(20, 0)).toBeCloseTo(1.25 ** 2 * 145_000);
  for (let round = 0; round < 4; round++) queue.endRound(140, false);
  expect(queue.limitBytes(20, 0)).toBe(145_000);
});

test('keeps its limit where the app had too little to send', () => {
  const { queue } = known();
  for (let round = 0; round < 9; round++) queue.endRound(105, true);
  expect(queue.limitBytes(20, 0)).toBe(145_000);
});

test('is emptied when the path has not been seen empty for long, until it is', () => {
  const { path, queue } = known();
  path.addRtt(140, 6000);
  queue.endRound(140, false);
  expect(queue.isDraining).toBe(true);
  expect(queue.limitBytes(20, 8000)).toBe(92_000 + 20_000);
  queue.acknowledge(100_000, 140);
  expect(queue.isDraining).toBe(true);
  queue.acknowledge(100_000, 108);
  expect(queue.isDraining).toBe(false);
});

test('lets bytes leave for what an ACK is late, up to a round trip', () => {
  const { queue } = known();
  expect(queue.overdueBytes(130, 130_000)).toBe(0);
  expect(queue.overdueBytes(170, 130_000)).toBe(40_000);
  expect(queue.overdueBytes(900, 130_000)).toBe(100_000);
});

test('takes no ACK for late that is no later than others', () => {
  const { queue } = known();
  queue.endRound(120, false);
  for (let i = 0; i < 200; i++) queue.acknowledge(100_000, 130);
  expect(queue.overdueBytes(129, 100_000)).toBe(0);
  expect(queue.overdueBytes(140, 100_000)).toBeCloseTo(10_000, -2);
});
