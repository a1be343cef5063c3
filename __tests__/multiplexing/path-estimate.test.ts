import { PathEstimate } from '../../lib/multiplexing/path-estimate';

test('knows nothing before the first sample', () => {
  const estimate = new PathEstimate();
  expect(estimate.baseRttMs).toBe(Infinity);
  expect(estimate.bytesPerMs).toBe(0);
});

test('takes the shortest round trip and the highest rate', () => {
  const estimate = new PathEstimate();
  for (const rttMs of [40, 30, 50]) estimate.addRtt(rttMs, 0);
  for (const rate of [100, 300, 200]) estimate.addRate(rate, 1);
  expect(estimate.baseRttMs).toBe(30);
  expect(estimate.bytesPerMs).toBe(300);
});

test('forgets a rate that was not seen again for ten rounds', () => {
  const estimate = new PathEstimate();
  estimate.addRate(300, 0);
  for (let round = 1; round <= 11; round++) estimate.addRate(100, round);
  expect(estimate.bytesPerMs).toBe(100);
});

test('forgets at once what was less sure than a rate that is known', () => {
  const estimate = new PathEstimate();
  estimate.addRate(300, 0);
  estimate.settle(200, 3);
  expect(estimate.bytesPerMs).toBe(200);
  for (let round = 4; round <= 14; round++) estimate.addRate(100, round);
  expect(estimate.bytesPerMs).toBe(100);
});

test('believes that a path became longer, after two windows', () => {
  const estimate = new PathEstimate();
  estimate.addRtt(30, 0);
  for (let nowMs = 100; nowMs <= 11_000; nowMs += 100) estimate.addRtt(80, nowMs);
  expect(estimate.baseRttMs).toBe(80);
});

test('asks once for each window to have the path emptied, if the base was not seen again', () => {
  const estimate = new PathEstimate();
  estimate.addRtt(30, 0);
  estimate.addRtt(60, 2000);
  expect(estimate.shouldProbe()).toBe(false);
  estimate.addRtt(60, 5100);
  expect(estimate.shouldProbe()).toBe(true);
  expect(estimate.shouldProbe()).toBe(false);
});
