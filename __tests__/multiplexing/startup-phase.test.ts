import { StartupPhase } from '../../lib/multiplexing/startup-phase';

const path = { baseRttMs: 100, bytesPerMs: 500 };

/** ACKs one after another, each of so many bytes, so many milliseconds apart. */
function acknowledge(
  startup: StartupPhase,
  count: number,
  { newBytes = 10_000, gapMs = 20, rttMs = 100, isAppLimited = true, spacingMs = 20 },
  from = 0,
): void {
  for (let i = from + 1; i <= from + count; i++) {
    const nowMs = i * gapMs;
    const bytes = i * newBytes;
    const sentMs = nowMs - rttMs;
    startup.acknowledge({ bytes, newBytes, rttMs, sentMs, nowMs, isAppLimited, spacingMs }, path);
  }
}

test('grows with what is acknowledged, as the kernel does', () => {
  const startup = new StartupPhase();
  const before = startup.limitBytes(path);
  startup.submit(before);
  acknowledge(startup, 2, {});
  expect(startup.limitBytes(path)).toBe(before + 20_000);
});

test('does not grow while less than half of it is used', () => {
  const startup = new StartupPhase();
  const before = startup.limitBytes(path);
  startup.submit(before / 2 - 1);
  acknowledge(startup, 5, {});
  expect(startup.limitBytes(path)).toBe(before);
});

test('stays in proportion to what came in the last round trip, more closely once bytes queue', () => {
  const startup = new StartupPhase();
  startup.submit(10_000_000);
  acknowledge(startup, 1, { newBytes: 1_000_000, isAppLimited: false });
  expect(startup.limitBytes(path)).toBeCloseTo(2.89 * 50_000 + 32_768);
  acknowledge(startup, 1, { newBytes: 1_000_000, isAppLimited: false, rttMs: 150 }, 1);
  expect(startup.limitBytes(path)).toBeCloseTo(1.75 * 50_000 + 32_768);
});

test('covers what comes from one ACK to the next', () => {
  const startup = new StartupPhase();
  startup.submit(10_000_000);
  acknowledge(startup, 1, { newBytes: 1_000_000, isAppLimited: false, spacingMs: 100 });
  expect(startup.limitBytes(path)).toBeCloseTo(2.89 * 50_000 + 50_000);
});

test('forgets the proportion after a pause', () => {
  const startup = new StartupPhase();
  startup.submit(10_000_000);
  acknowledge(startup, 1, { newBytes: 1_000_000, isAppLimited: false });
  startup.resume();
  expect(startup.limitBytes(path)).toBeGreaterThan(1_000_000);
});

test('is a round trip ahead of the kernel on long paths, and knows no more of slow ones', () => {
  const startup = new StartupPhase();
  const longPath = { baseRttMs: 600, bytesPerMs: 1000 };
  expect(startup.limitBytes(longPath)).toBe(65_536 + 4 * 600_000);
  expect(startup.limitBytes({ ...longPath, bytesPerMs: 0 })).toBe(65_536);
});

test('ends after three rounds in which the rate did not grow', () => {
  const startup = new StartupPhase();
  for (const rate of [100, 200, 210, 215]) startup.endRound(rate, false, 0);
  expect(startup.isRunning).toBe(true);
  startup.endRound(220, false, 0);
  expect(startup.isRunning).toBe(false);
});

test('learns nothing from rounds in which the app had too little to send', () => {
  const startup = new StartupPhase();
  for (let round = 0; round < 10; round++) startup.endRound(100, true, 0);
  expect(startup.isRunning).toBe(true);
});

test('has little more in flight than what was seen to come through a queue', () => {
  const startup = new StartupPhase();
  startup.submit(10_000_000);
  acknowledge(startup, 10, { newBytes: 20_000 });
  expect(startup.limitBytes(path)).toBe(65_536 + 200_000);
  acknowledge(startup, 3, { newBytes: 20_000, rttMs: 150 }, 10);
  expect(startup.limitBytes(path)).toBe(1.5 * 1000 * 100 + 32_768);
});

test('goes beyond that where nothing queues any more, and after a pause', () => {
  const startup = new StartupPhase();
  startup.submit(10_000_000);
  acknowledge(startup, 10, { newBytes: 20_000 });
  acknowledge(startup, 3, { newBytes: 20_000, rttMs: 150 }, 10);
  acknowledge(startup, 1, { newBytes: 20_000 }, 13);
  expect(startup.limitBytes(path)).toBe(1.5 * 1000 * 100 + 32_768 + 2.89 * 20_000);
  startup.resume();
  expect(startup.limitBytes(path)).toBe(65_536 + 280_000);
});

test('ends where bytes queue for a round trip and come no faster, and knows the rate', () => {
  const startup = new StartupPhase();
  acknowledge(startup, 5, { rttMs: 150 });
  expect(startup.isRunning).toBe(true);
  acknowledge(startup, 1, { rttMs: 150 }, 5);
  expect(startup.isRunning).toBe(false);
  expect(startup.fullBytesPerMs).toBe(500);
});

test('does not take a pause between queues for slowness', () => {
  const startup = new StartupPhase();
  acknowledge(startup, 4, { rttMs: 150 });
  for (let i = 5; i <= 10; i++) {
    const times = { rttMs: 150, sentMs: 20 * i - 70, nowMs: 20 * i + 80, spacingMs: 20 };
    startup.acknowledge(
      { bytes: 10_000 * i, newBytes: 10_000, ...times, isAppLimited: true },
      path,
    );
  }
  expect(startup.isRunning).toBe(false);
  expect(startup.fullBytesPerMs).toBe(500);
});

test('goes on where nothing queues', () => {
  const startup = new StartupPhase();
  acknowledge(startup, 30, { rttMs: 105 });
  expect(startup.isRunning).toBe(true);
});

test('goes on while bytes queue in the kernel but come ever faster', () => {
  const startup = new StartupPhase();
  let bytes = 0;
  for (let i = 1; i <= 12; i++) {
    const newBytes = 1000 * 2 ** (i / 3);
    bytes += newBytes;
    const times = { rttMs: 150, sentMs: 20 * i - 150, nowMs: 20 * i, spacingMs: 20 };
    startup.acknowledge({ bytes, newBytes, ...times, isAppLimited: true }, path);
  }
  expect(startup.isRunning).toBe(true);
});
