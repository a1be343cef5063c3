import { BdpEstimator } from '../../lib/multiplexing/bdp-estimator';

test('multiplies the highest rate by the shortest round trip', () => {
  const estimator = new BdpEstimator();
  estimator.add(50_000, 100);
  estimator.add(400_000, 200);
  estimator.add(10_000, 80);
  expect(estimator.rttMs).toBe(80);
  expect(estimator.bytesPerSecond).toBe(2_000_000);
  expect(estimator.bdpBytes).toBe(200_000);
});

test.each([
  [1000, 100],
  [625, 28],
  [6250, 100],
  [12_500, 10],
])('does not take a queue for a faster path at %d bytes/ms and %d ms', (bytesPerMs, rttMs) => {
  const estimator = new BdpEstimator();
  estimator.add(10_000, rttMs);
  for (let i = 0; i < 100; i++) {
    const windowBytes = Math.max(65_535, 3 * estimator.bdpBytes);
    const queuedMs = Math.max(rttMs, windowBytes / bytesPerMs);
    estimator.add(Math.min(windowBytes, bytesPerMs * queuedMs), queuedMs);
  }
  const productBytes = bytesPerMs * rttMs;
  expect(estimator.bdpBytes).toBeGreaterThan(productBytes / 1.25);
  expect(estimator.bdpBytes).toBeLessThanOrEqual(productBytes);
});

test('does not report growth that may be noise', () => {
  const estimator = new BdpEstimator();
  expect(estimator.add(100_000, 100)).toBe(true);
  expect(estimator.add(120_000, 100)).toBe(false);
  expect(estimator.add(125_000, 100)).toBe(true);
});

test('learns nothing from a round trip that took no time or brought nothing', () => {
  const estimator = new BdpEstimator();
  expect(estimator.add(65_535, 0)).toBe(false);
  expect(estimator.add(0, 10)).toBe(false);
  expect(estimator.bdpBytes).toBe(0);
});
