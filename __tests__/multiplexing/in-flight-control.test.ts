import { InFlightControl } from '../../lib/multiplexing/in-flight-control';

/** A line that delivers at a rate, after a delay, and answers PINGs in order. */
class Line {
  nowMs = 1;
  idleMs = 0;
  sentBytes = 0;
  pings = 0;
  mostQueueMs = 0;
  isSilent = false;
  isUnable = false;
  /** A packet was lost: what came behind it is acknowledged when it has been sent again. */
  lostUntilMs = 0;
  readonly control: InFlightControl;
  #freeAtMs = 0;
  #acks: { atMs: number; sentMs: number; acknowledged: (rttMs: number | undefined) => void }[] = [];

  constructor(
    public bytesPerMs: number,
    public rttMs: number,
  ) {
    this.control = new InFlightControl(
      (acknowledged) => {
        if (this.isUnable) return false;
        this.pings += 1;
        if (this.isSilent) return true;
        const sentMs = this.nowMs;
        const atMs = Math.max(sentMs, this.#freeAtMs) + this.rttMs;
        this.#acks.push({ atMs, sentMs, acknowledged });
        return true;
      },
      () => this.idleMs,
    );
  }

  /** Sends as much as may be sent. `turnMs` says how long each turn of the event loop takes. */
  send(ms: number, turnMs: () => number = () => 1): number {
    const before = this.sentBytes;
    this.control.resume(this.nowMs);
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs; this.#turn(turnMs())) {
      this.#answer();
      // The kernel's buffer is full.
      const isFull = this.#freeAtMs - this.nowMs > 500;
      const room = isFull ? 0 : Math.min(this.control.roomBytes(this.nowMs), 1_000_000);
      const hasRoom = room >= this.control.pieceBytes;
      this.control.tick(this.nowMs, hasRoom, () => {});
      if (hasRoom) this.#put(Math.min(room, this.control.batchBytes));
    }
    return this.sentBytes - before;
  }

  /** Sends so much and waits until it has arrived. */
  respond(bytes: number): void {
    const untilBytes = this.sentBytes + bytes;
    while (this.sentBytes < untilBytes) this.send(1);
    while (this.nowMs < this.#freeAtMs + this.rttMs) this.pause(1);
  }

  /** A turn of more than a millisecond is work; others are spent waiting. */
  #turn(ms: number): void {
    this.nowMs += ms;
    if (ms <= 1) this.idleMs += ms;
  }

  pause(ms: number): void {
    this.nowMs += ms;
    this.idleMs += ms;
    this.#answer();
  }

  #put(bytes: number): void {
    this.control.submit(bytes, this.nowMs);
    this.control.written(bytes);
    this.sentBytes += bytes;
    this.#freeAtMs = Math.max(this.nowMs, this.#freeAtMs) + bytes / this.bytesPerMs;
    this.mostQueueMs = Math.max(this.mostQueueMs, this.#freeAtMs - this.nowMs);
  }

  #answer(): void {
    if (this.nowMs < this.lostUntilMs) return;
    const due = this.#acks.filter((one) => one.atMs <= this.nowMs);
    this.#acks = this.#acks.filter((one) => one.atMs > this.nowMs);
    for (const one of due) one.acknowledged(this.nowMs - one.sentMs);
  }
}

const lines = [
  { name: 'cable', bytesPerMs: 600, rttMs: 28 },
  { name: 'fast3g', bytesPerMs: 200, rttMs: 150 },
  { name: '4g', bytesPerMs: 1100, rttMs: 170 },
  { name: 'fibre', bytesPerMs: 6000, rttMs: 10 },
  { name: 'a satellite', bytesPerMs: 6000, rttMs: 600 },
];

/** A piece takes 85 ms there. */
const slowest = { name: 'slow3g', bytesPerMs: 48, rttMs: 400 };

test.each([...lines, slowest])('fills the line of $name', ({ bytesPerMs, rttMs }) => {
  const line = new Line(bytesPerMs, rttMs);
  line.send(20 * rttMs + 1000);
  const ms = 30 * rttMs + 3000;
  expect(line.send(ms)).toBeGreaterThan(0.97 * bytesPerMs * ms);
});

test.each(lines)('fills the line of $name while the server is busy', ({ bytesPerMs, rttMs }) => {
  const line = new Line(bytesPerMs, rttMs);
  let turn = 0;
  // One turn in four takes 30 ms: a page is rendered.
  const busy = () => (turn++ % 4 === 0 ? 30 : 1);
  line.send(20 * rttMs + 1000, busy);
  const ms = 30 * rttMs + 3000;
  expect(line.send(ms, busy)).toBeGreaterThan(0.9 * bytesPerMs * ms);
});

test.each([10, 60, 170, 350])('is not misled by pauses of %d ms between responses', (pauseMs) => {
  const line = new Line(1125, 170);
  for (let response = 0; response < 4; response++) {
    line.respond(100_000);
    line.pause(pauseMs);
  }
  const ms = 2000;
  expect(line.send(ms)).toBeGreaterThan(0.97 * 1125 * ms);
  expect(line.control.estimate.bytesPerMs).toBeGreaterThan(0.95 * 1125);
});

test('empties the queue at little cost', () => {
  const line = new Line(200, 150);
  line.send(4000);
  expect(line.send(20_000)).toBeGreaterThan(0.985 * 200 * 20_000);
});

test.each(lines)('keeps the queue of $name short', ({ bytesPerMs, rttMs }) => {
  const line = new Line(bytesPerMs, rttMs);
  line.send(20 * rttMs + 1000);
  line.mostQueueMs = 0;
  line.send(30 * rttMs + 3000);
  expect(line.mostQueueMs).toBeLessThan(rttMs * 0.75 + 60);
});

test('keeps the queue of the slowest line below half a second, once it is known', () => {
  const line = new Line(slowest.bytesPerMs, slowest.rttMs);
  line.send(1500);
  line.mostQueueMs = 0;
  line.send(10_000);
  expect(line.mostQueueMs).toBeLessThan(1500);
  line.mostQueueMs = 0;
  line.send(10_000);
  expect(line.mostQueueMs).toBeLessThan(500);
});

test.each(lines)('sends few PINGs on $name', ({ bytesPerMs, rttMs }) => {
  const line = new Line(bytesPerMs, rttMs);
  line.send(1000);
  const before = line.pings;
  line.send(5000);
  expect(line.pings - before).toBeLessThanOrEqual(500);
});

test('finds more bandwidth soon, and less', () => {
  const line = new Line(300, 40);
  line.send(3000);
  line.bytesPerMs = 1200;
  line.send(2000);
  expect(line.send(1000)).toBeGreaterThan(0.95 * 1_200_000);
  line.bytesPerMs = 300;
  line.send(6000);
  line.mostQueueMs = 0;
  line.send(1000);
  expect(line.mostQueueMs).toBeLessThan(100);
});

test('believes in a longer path', () => {
  const line = new Line(1000, 30);
  line.send(3000);
  line.rttMs = 120;
  line.send(14_000);
  expect(line.send(2000)).toBeGreaterThan(0.95 * 2_000_000);
});

test('keeps the line busy for a round trip in which ACKs wait for a lost packet, and no longer', () => {
  const line = new Line(1000, 100);
  line.send(4000);
  line.lostUntilMs = line.nowMs + 1000;
  expect(line.send(200)).toBeGreaterThan(100_000);
  const before = line.sentBytes;
  line.send(800);
  expect(line.sentBytes - before).toBeLessThan(0.2 * 1000 * 800);
});

test('does not limit a peer that ignores PINGs', () => {
  const line = new Line(10_000, 30);
  line.isSilent = true;
  line.send(1100);
  expect(line.control.limitBytes).toBe(Infinity);
  expect(line.pings).toBeLessThanOrEqual(8);
  line.send(5000);
  expect(line.pings).toBeLessThanOrEqual(8);
});

test('does not limit a path that answers at once', () => {
  const line = new Line(1_000_000, 0.5);
  line.send(50);
  expect(line.control.isFast).toBe(true);
  expect(line.control.roomBytes(line.nowMs)).toBe(Infinity);
});

test('admits what a fast path takes 20 ms for, or 5 ms where others share it, and nothing on others', () => {
  const fast = new Line(1_000_000, 0.5);
  fast.send(50);
  expect(fast.control.straightBytes(true)).toBeGreaterThan(1_000_000);
  expect(fast.control.straightBytes(true)).toBeLessThan(30_000_000);
  expect(fast.control.straightBytes(false)).toBe(fast.control.straightBytes(true) / 4);
  const cable = new Line(600, 28);
  cable.send(1000);
  expect(cable.control.straightBytes(true)).toBe(0);
});

test('limits a short path once its answers come late', () => {
  const line = new Line(2000, 1);
  line.send(3000);
  expect(line.control.limitBytes).toBeLessThan(200_000);
});

test.each([
  [20_000, 1],
  [50_000, 0.5],
])('keeps the queue of a fast bottleneck short (%d kB/s, %d ms)', (bytesPerMs, rttMs) => {
  const line = new Line(bytesPerMs, rttMs);
  line.send(1000);
  line.mostQueueMs = 0;
  const ms = 12_000;
  expect(line.send(ms)).toBeGreaterThan(0.97 * bytesPerMs * ms);
  expect(line.mostQueueMs).toBeLessThan(60);
});

test('does not take the lateness of a busy event loop for that of the path', () => {
  const line = new Line(1_000_000, 0.5);
  let turn = 0;
  line.send(3000, () => (turn++ % 4 < 2 ? 15 : 1));
  expect(line.control.limitBytes).toBe(Infinity);
});

test('takes a short path for fast again once its answers are prompt', () => {
  const line = new Line(1_000_000, 0.5);
  line.lostUntilMs = 40;
  line.send(50);
  expect(line.control.limitBytes).toBeLessThan(Infinity);
  line.send(3000);
  expect(line.control.limitBytes).toBe(Infinity);
});

test('sends no PING of its own while others are on their way', () => {
  const line = new Line(1000, 100);
  line.send(3000);
  const before = line.pings;
  line.control.tick(line.nowMs, false, () => {});
  expect(line.pings).toBe(before);
});

test('asks once more when nothing waits, so that all is known to have arrived', () => {
  const line = new Line(1000, 100);
  line.send(3000);
  line.pause(50);
  line.control.finish(line.nowMs, () => {});
  line.pause(500);
  expect(line.control.inFlightBytes).toBe(0);
});

test('takes what was sent before a long pause as arrived', () => {
  const line = new Line(1000, 30);
  line.send(2000);
  line.pause(5000);
  line.control.resume(line.nowMs);
  expect(line.control.inFlightBytes).toBe(0);
});

test('sends no burst after a pause', () => {
  const line = new Line(1000, 200);
  line.send(6000);
  line.pause(5000);
  line.mostQueueMs = 0;
  line.send(20);
  expect(line.mostQueueMs).toBeLessThan(60);
});

test('does not limit a session that can send no PINGs', () => {
  const line = new Line(1000, 30);
  line.isUnable = true;
  line.send(100);
  expect(line.control.limitBytes).toBe(Infinity);
});
