import { BusyStreak } from '../../lib/multiplexing/busy-streak';

const baseRttMs = 100;

/** ACKs, each of 10 kB and 20 ms after the one before, of PINGs that waited in a queue of 50 ms. */
function add(
  streak: BusyStreak,
  count: number,
  { from = 0, pauseMs = 0, rttMs = 150, isQueued = true } = {},
): void {
  for (let i = from + 1; i <= from + count; i++) {
    const nowMs = 20 * i + pauseMs;
    streak.add({ bytes: 10_000 * i, sentMs: nowMs - rttMs, nowMs }, baseRttMs, isQueued);
  }
}

test('tells the rate once bytes have queued for a round trip and come no faster', () => {
  const streak = new BusyStreak();
  add(streak, 5);
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(0);
  add(streak, 1, { from: 5 });
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(500);
});

test('begins anew after a pause in which the line may have been idle', () => {
  const streak = new BusyStreak();
  add(streak, 4);
  add(streak, 5, { from: 4, pauseMs: 80 });
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(0);
  add(streak, 1, { from: 9, pauseMs: 80 });
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(500);
});

test('goes on over a pause of ACKs behind which bytes waited', () => {
  const streak = new BusyStreak();
  add(streak, 4);
  // Lost and sent again: the PING left before the last one was acknowledged.
  streak.add({ bytes: 90_000, sentMs: -25, nowMs: 180 }, baseRttMs, true);
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(500);
});

test('begins anew where nothing queues', () => {
  const streak = new BusyStreak();
  add(streak, 5);
  add(streak, 1, { from: 5, rttMs: 101, isQueued: false });
  add(streak, 4, { from: 6 });
  expect(streak.trainBytesPerMs).toBe(500);
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(0);
});

test('is no train before three ACKs and 32 KiB', () => {
  const streak = new BusyStreak();
  add(streak, 4);
  expect(streak.trainBytesPerMs).toBe(0);
  add(streak, 1, { from: 4 });
  expect(streak.trainBytesPerMs).toBe(500);
});

test('is no train while bytes come several times as fast as just before', () => {
  const streak = new BusyStreak();
  [1, 2, 3, 20, 40].forEach((thousands, i) => {
    const nowMs = 20 * i;
    streak.add({ bytes: 1000 * thousands, sentMs: nowMs - 150, nowMs }, baseRttMs, true);
  });
  expect(streak.trainBytesPerMs).toBe(0);
});

test('goes on where the line was idle for a small part of the time only', () => {
  const streak = new BusyStreak();
  add(streak, 5);
  // The ACK before came at 100 ms, so that its PING left the queue at 0.
  streak.add({ bytes: 65_000, sentMs: 7, nowMs: 130 }, baseRttMs, true);
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(500);
  streak.add({ bytes: 70_000, sentMs: 48, nowMs: 150 }, baseRttMs, true);
  expect(streak.flatBytesPerMs(baseRttMs)).toBe(0);
});
