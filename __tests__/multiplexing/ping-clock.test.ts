import { PingClock } from '../../lib/multiplexing/ping-clock';
import { SentBytes } from '../../lib/multiplexing/sent-bytes';

/** A clock on a path of 120 ms, thus with a gap of 20 ms; two have left, the next is due at 30. */
function pings({ bytesPerMs = 0, baseRttMs = 120, idleMs = (): number => 0 } = {}) {
  const acks: ((rttMs: number | undefined) => void)[] = [];
  const clock = new PingClock(
    (acknowledged) => {
      acks.push(acknowledged);
      return true;
    },
    { baseRttMs, bytesPerMs },
    idleMs,
  );
  const sent = new SentBytes();
  const submit = (bytes: number) => {
    sent.submit(bytes);
    sent.written(bytes);
  };
  const send = (nowMs: number) => clock.send(sent.mark(nowMs), () => {});
  send(0);
  send(10);
  return { acks, clock, submit, send };
}

test('is not due before the gap is over, unless an ACK is waited for', () => {
  const { clock } = pings();
  expect(clock.isDue(29, true, 5000, false)).toBe(false);
  expect(clock.isDue(29, true, 5000, true)).toBe(true);
  expect(clock.isDue(30, true, 5000, false)).toBe(true);
});

test('goes with data, and of its own only long after', () => {
  const { clock } = pings();
  expect(clock.isDue(69, false, 5000, false)).toBe(false);
  expect(clock.isDue(71, false, 5000, false)).toBe(true);
  expect(clock.isDue(71, true, 0, false)).toBe(false);
});

test('makes up for one that waited for data, so that the mean gap is kept', () => {
  const { clock, send } = pings();
  send(39);
  expect(clock.waitMs(39)).toBe(11);
});

test('never follows sooner than half a gap, however late the last one was', () => {
  const { clock, send } = pings();
  send(100);
  expect(clock.waitMs(100)).toBe(10);
});

test('knows how far apart its PINGs are where data leaves in larger steps', () => {
  const { acks, clock, send } = pings();
  for (let nowMs = 40; nowMs < 2000; nowMs += 30) {
    send(nowMs);
    acks.shift()?.(120);
  }
  expect(clock.spacingMs).toBeCloseTo(30, 0);
});

test('waits longer for the ACK of a PING behind much on a slow line', () => {
  const { acks, clock, submit, send } = pings({ bytesPerMs: 50 });
  for (const acknowledged of acks) acknowledged(120);
  submit(100_000);
  send(1000);
  clock.listen(4900);
  expect(clock.isSilent).toBe(false);
  clock.listen(5100);
  expect(clock.isSilent).toBe(true);
});

test('believes a peer again that answers after all', () => {
  const { acks, clock } = pings({ baseRttMs: Infinity });
  clock.listen(1001);
  expect(clock.isSilent).toBe(true);
  expect(clock.isDue(2000, true, 5000, true)).toBe(false);
  acks[0]?.(1500);
  expect(clock.isSilent).toBe(false);
});

test('has no more than eight on their way', () => {
  const { acks, send } = pings();
  for (let i = 0; i < 12; i++) send(1000 + 20 * i);
  expect(acks).toHaveLength(8);
});

test.each([
  ['waited for it', 11, true],
  ['was busy meanwhile', 9, false],
])('calls an ACK late that came when the loop %s', (_, waitedMs, isLate) => {
  let idleMs = 1000;
  const { acks, clock } = pings({ idleMs: () => idleMs });
  idleMs += waitedMs;
  acks[0]?.(50);
  expect(clock.isLate).toBe(isLate);
});

test('forgets that one was late after a round of prompt ones', () => {
  let idleMs = 0;
  const { acks, clock } = pings({ idleMs: () => idleMs });
  idleMs = 50;
  acks[0]?.(50);
  clock.endRound(20);
  expect(clock.isLate).toBe(true);
  clock.endRound(4);
  expect(clock.isLate).toBe(false);
});
