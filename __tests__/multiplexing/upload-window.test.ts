import { EventEmitter } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import { UploadWindow } from '../../lib/multiplexing/upload-window';
import { WindowBudget } from '../../lib/multiplexing/window-budget';
import { FakeLoop } from './fake-loop';

const base = 65_535;
const mebibyte = 1_048_576;

/** A session whose peer sends as much as the windows admit in every round trip of 100 ms. */
class FakeSession extends EventEmitter {
  readonly state = { effectiveLocalWindowSize: base };
  readonly localSettings = { initialWindowSize: base };
  readonly socket = { bytesRead: 0 };
  readonly settingsSent: unknown[] = [];
  windowBytes = base;
  pings: ((error: Error | null, rttMs: number) => void)[] = [];
  acks: (() => void)[] = [];
  destroyed = false;
  closed = false;

  ping(callback: (error: Error | null, rttMs: number) => void): boolean {
    this.pings.push(callback);
    return true;
  }

  settings(settings: unknown, callback: () => void): void {
    this.settingsSent.push(settings);
    this.acks.push(callback);
  }

  setLocalWindowSize(bytes: number): void {
    this.windowBytes = bytes;
  }

  /** One round trip: settings take effect, the peer fills the window, the PING returns. */
  roundTrip(receivedBytes = this.windowBytes): void {
    for (const ack of this.acks.splice(0)) ack();
    this.socket.bytesRead += receivedBytes;
    for (const pong of this.pings.splice(0)) pong(null, 100);
  }
}

function setUp(maxBytes = 8 * mebibyte, budget = new WindowBudget(64 * mebibyte)) {
  const session = new FakeSession();
  const loop = new FakeLoop();
  const window = new UploadWindow(session as unknown as ServerHttp2Session, maxBytes, budget, loop);
  const run = (rounds: number, receivedBytes?: number) => {
    for (let i = 0; i < rounds; i++) {
      session.roundTrip(receivedBytes);
      loop.pass(20);
    }
  };
  return { session, loop, window, budget, run };
}

test('gives an upload 1 MiB at once', () => {
  const { session, window } = setUp();
  window.begin();
  expect(session.windowBytes).toBe(mebibyte);
  expect(session.settingsSent).toEqual([{ initialWindowSize: mebibyte }]);
});

test('widens both windows to four times what a round trip brings', () => {
  const { session, window, run } = setUp();
  window.begin();
  run(1, 500_000);
  expect(session.windowBytes).toBe(2_000_000);
  run(1, 1_600_000);
  expect(session.windowBytes).toBe(6_400_000);
  run(1, 0);
  expect(session.settingsSent).toEqual([
    { initialWindowSize: mebibyte },
    { initialWindowSize: 2_000_000 },
    { initialWindowSize: 6_400_000 },
  ]);
});

test('stops at the bound of the session', () => {
  const { session, window, run } = setUp(2 * mebibyte);
  window.begin();
  run(10);
  expect(session.windowBytes).toBe(2 * mebibyte);
});

test('shares what all sessions may have together, once it is used up', () => {
  const budget = new WindowBudget(100_000);
  const first = setUp(undefined, budget);
  const second = setUp(undefined, budget);
  for (const { window, run } of [first, second]) {
    window.begin();
    run(10);
  }
  expect(first.session.windowBytes).toBe(base + 50_000);
  expect(second.session.windowBytes).toBe(base + 50_000);
  for (const { session } of [first, second]) session.emit('close');
  expect(budget.lentBytes).toBe(0);
});

test('narrows the windows of a running upload while memory is short', () => {
  let isMemoryShort = false;
  const budget = new WindowBudget(64 * mebibyte, () => isMemoryShort);
  const { session, window, run } = setUp(undefined, budget);
  window.begin();
  run(3, 1_000_000);
  expect(session.windowBytes).toBe(4_000_000);
  isMemoryShort = true;
  run(2, 1_000_000);
  expect(session.windowBytes).toBe(base);
  expect(session.settingsSent.at(-1)).toEqual({ initialWindowSize: base });
  isMemoryShort = false;
  run(2, 1_000_000);
  expect(session.windowBytes).toBe(4_000_000);
});

test('narrows the windows when the uploads are over, and remembers the path for the next', () => {
  const { session, window, budget, run } = setUp();
  window.begin();
  run(1, 1_000_000);
  window.finish();
  run(2);
  expect(session.windowBytes).toBe(base);
  expect(session.settingsSent.at(-1)).toEqual({ initialWindowSize: base });
  expect(budget.lentBytes).toBe(0);
  window.begin();
  expect(session.windowBytes).toBe(4_000_000);
});

test('divides the window among uploads, because Node bounds only the single stream', () => {
  const { session, window, run } = setUp();
  window.begin();
  run(2, 0);
  for (let i = 0; i < 3; i++) window.begin();
  run(2, 0);
  expect(session.settingsSent.at(-1)).toEqual({ initialWindowSize: mebibyte / 4 });
});

test('has one PING and one SETTINGS out at a time', () => {
  const { session, loop, window } = setUp();
  window.begin();
  window.begin();
  loop.pass(5000);
  expect(session.pings).toHaveLength(1);
  for (let i = 0; i < 3; i++) {
    session.socket.bytesRead += 2 ** i * mebibyte;
    session.pings.splice(0).forEach((pong) => pong(null, 100));
    loop.pass(20);
  }
  expect(session.acks).toHaveLength(1);
});

test('asks less and less often while nothing arrives', () => {
  const { session, loop, window } = setUp();
  window.begin();
  let pings = 0;
  for (let ms = 0; ms < 10_000; ms++) {
    for (const pong of session.pings.splice(0)) {
      pings += 1;
      pong(null, 0.2);
    }
    loop.pass(1);
  }
  expect(pings).toBeGreaterThan(8);
  expect(pings).toBeLessThan(20);
});

test('stops asking when the uploads are over or the session is gone', () => {
  const { session, loop, window, run } = setUp();
  window.begin();
  window.finish();
  run(1, 0);
  loop.pass(5000);
  expect(session.pings).toEqual([]);
  window.begin();
  session.destroyed = true;
  session.pings.splice(0).forEach((pong) => pong(new Error('cancelled'), 0));
  loop.pass(5000);
  expect(session.pings).toEqual([]);
});
