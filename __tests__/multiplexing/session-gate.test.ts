import { FakeSession } from './gated-response';

const piece = 16_384;
const frames = (count: number): Buffer => Buffer.alloc(count * piece);

test('waits a turn before the first piece, so that the last request of a read can be the first', () => {
  const session = new FakeSession();
  session.response(1, { urgency: 5 }).gate.end(frames(2));
  session.response(3, { urgency: 0 }).gate.end(frames(2));
  expect(session.order).toEqual([]);
  session.settle();
  expect(session.order).toEqual([3, 3, 1, 1]);
});

test('hands over one piece at a time', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(3));
  session.response(3).gate.end(frames(3));
  session.loop.turn(10);
  expect(session.order).toEqual([1]);
});

test('rests two turns after a piece that the socket did not take at once', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(3));
  session.loop.turn(4);
  session.complete();
  session.loop.turn(1);
  expect(session.order).toEqual([1]);
  session.loop.turn(1);
  expect(session.order).toEqual([1, 1]);
});

test('doubles what it hands over while the socket takes it at once', () => {
  const session = new FakeSession();
  session.isFast = true;
  session.response(1).gate.end(frames(30));
  session.loop.turn(1);
  session.acknowledge(1);
  session.loop.turn(2);
  expect(session.bytesOf(1).length).toBe(3 * piece);
  session.loop.turn(2);
  expect(session.bytesOf(1).length).toBe(7 * piece);
});

test('hands over half as much when the socket is slow', () => {
  const session = new FakeSession();
  session.isFast = true;
  session.response(1).gate.end(frames(30));
  session.loop.turn(1);
  session.acknowledge(1);
  session.loop.turn(2);
  session.isFast = false;
  session.loop.turn(4);
  expect(session.bytesOf(1).length).toBe(7 * piece);
  session.complete();
  session.loop.turn(2);
  expect(session.bytesOf(1).length).toBe(9 * piece);
});

test('stops when as much is in flight as may be, until an ACK comes', () => {
  const session = new FakeSession();
  session.isFast = true;
  session.response(1).gate.end(frames(30));
  session.loop.turn(20);
  expect(session.bytesOf(1).length).toBe(4 * piece);
  session.loop.pass(50);
  session.acknowledge(50);
  session.loop.turn(20);
  expect(session.bytesOf(1).length).toBeGreaterThan(4 * piece);
});

test('goes on without ACKs when the peer sends none', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(300));
  for (let ms = 0; ms < 1500; ms++) {
    session.loop.turn(2);
    session.complete();
    session.loop.pass(1);
  }
  expect(session.bytesOf(1).length).toBe(300 * piece);
  expect(session.pings.length).toBeLessThanOrEqual(8);
});

test('lets go of the bytes of a blocked stream, so that others may be in flight', () => {
  const session = new FakeSession();
  for (const id of [1, 3, 5, 7, 9]) {
    session.blocked.add(id);
    session.response(id).gate.end(frames(2));
  }
  session.response(11).gate.end(frames(5));
  session.settle();
  expect(session.bytesOf(11).length).toBe(5 * piece);
  session.blocked.clear();
  session.settle();
  for (const id of [1, 3, 5, 7, 9]) expect(session.bytesOf(id).length).toBe(2 * piece);
});

test('counts nothing as given to Node once everything was written, failed or closed', () => {
  const session = new FakeSession();
  const gone = session.response(1);
  gone.gate.end(frames(3));
  session.response(3).gate.end(frames(3));
  session.loop.turn(2);
  gone.gate.abandon();
  session.settle();
  expect(session.counters.nodeBytes).toBe(0);
});

test('lets an urgent response overtake and counts it', () => {
  const session = new FakeSession();
  session.response(1, { urgency: 6 }).gate.end(frames(4));
  session.loop.turn(1);
  session.response(3, { urgency: 1 }).gate.end(frames(2));
  session.settle();
  expect(session.turns).toEqual([1, 3, 1]);
  expect(session.counters.overtakes).toBe(1);
});

test('lets incremental responses take turns and others leave one by one', () => {
  const session = new FakeSession();
  for (const id of [1, 3]) session.response(id, { incremental: true }).gate.end(frames(2));
  session.settle();
  for (const id of [5, 7]) session.response(id).gate.end(frames(2));
  session.settle();
  expect(session.turns).toEqual([1, 3, 1, 3, 5, 7]);
});

test('obeys a priority that changes in mid-transfer', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(3));
  const late = session.response(3);
  late.gate.end(frames(3));
  session.loop.turn();
  session.update(late, { urgency: 0, incremental: false, weight: 16 });
  session.settle();
  expect(session.turns).toEqual([1, 3, 1]);
});

test('passes what trickles at once while a burst runs, but not often', () => {
  const session = new FakeSession();
  session.loop.pass(1);
  session.response(1).gate.end(frames(2));
  const events = session.response(3, { urgency: 7 });
  events.gate.write('a', 'latin1');
  events.gate.write('b', 'latin1');
  expect(session.order).toEqual([3]);
  session.settle();
  expect(session.order).toEqual([3, 1, 1, 3]);
});

test('goes on when a response closes with its piece in flight', () => {
  const session = new FakeSession();
  const gone = session.response(1);
  gone.gate.end(frames(3));
  session.response(3).gate.end(frames(2));
  session.blocked.add(1);
  session.loop.turn(2);
  gone.gate.abandon();
  session.settle();
  expect(session.order).toEqual([1, 3, 3]);
});

test('goes on when a piece fails', () => {
  const session = new FakeSession();
  const { gate } = session.response(1);
  gate.end(frames(3));
  session.response(3).gate.end(frames(2));
  session.loop.turn(2);
  session.complete(1, new Error('reset'));
  gate.abandon();
  session.settle();
  expect(session.order).toEqual([1, 3, 3]);
});

test('lets others past a piece that the stream window holds back', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(3));
  session.response(3).gate.end(frames(2));
  session.blocked.add(1);
  session.settle();
  expect(session.order).toEqual([1, 3, 3]);
  expect(session.counters.stalls).toBe(1);
  session.blocked.clear();
  session.settle();
  expect(session.turns).toEqual([1, 3, 1]);
  expect(session.bytesOf(1).length).toBe(3 * piece);
});

test('is patient with a piece that the socket has taken and not yet sent', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(3));
  session.response(3).gate.end(frames(2));
  session.loop.turn(2);
  session.loop.pass(1900);
  session.loop.turn(5);
  expect(session.order).toEqual([1]);
});

test('is patient while the connection window is shut, for then nobody could send', () => {
  const session = new FakeSession();
  session.connection.remoteWindowBytes = 0;
  session.response(1).gate.end(frames(3));
  session.response(3).gate.end(frames(2));
  session.blocked.add(1);
  session.loop.turn(2);
  session.loop.pass(1900);
  session.loop.turn(5);
  expect(session.order).toEqual([1]);
});

test('gives up on a piece in the end, whatever the connection looks like', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(3));
  session.response(3).gate.end(frames(2));
  session.loop.turn(4);
  session.loop.pass(2000);
  session.loop.turn(2);
  expect(session.order).toEqual([1, 3]);
});

test('fills packets while more waits on a path that is known, and not after', () => {
  const session = new FakeSession();
  session.isFast = true;
  session.response(1).gate.end(frames(40));
  for (let ms = 0; ms < 4000 && !session.isFilling; ms += 30) {
    session.loop.turn(4);
    session.loop.pass(30);
    session.acknowledge(30);
  }
  expect(session.isFilling).toBe(true);
  for (let ms = 0; ms < 4000; ms += 30) {
    session.loop.turn(4);
    session.loop.pass(30);
    session.acknowledge(30);
  }
  expect(session.isFilling).toBe(false);
});

test('leaves no timer behind', () => {
  const session = new FakeSession();
  session.response(1).gate.end(frames(2));
  session.loop.turn(4);
  expect(session.loop.intervals).toBe(1);
  session.settle();
  expect(session.loop.intervals).toBe(0);
});

/** A session on a path that is known to be fast, while one response's piece is on its way to the socket. */
function busyFastSession(): { session: FakeSession; flying: number } {
  const session = new FakeSession();
  session.isFast = true;
  const { gate } = session.response(1);
  for (let ms = 0; ms < 100; ms++) {
    gate.write(frames(4));
    session.loop.turn(3);
    session.loop.pass(1);
    session.acknowledge(1);
  }
  session.isFast = false;
  let flying = 1;
  while (session.order.at(-1) === flying) {
    flying += 2;
    session.response(flying).gate.write(frames(1));
  }
  session.blocked.add(flying);
  session.loop.turn();
  expect(session.order.at(-1)).toBe(flying);
  session.complete();
  return { session, flying };
}

test('passes at once what comes on a fast path while others are on their way and none waits', () => {
  const { session, flying } = busyFastSession();
  const next = flying + 2;
  session.response(next).gate.write(frames(1));
  expect(session.order.at(-1)).toBe(next);
});

test('has what comes on a fast path wait behind what waits', () => {
  const { session, flying } = busyFastSession();
  session.response(flying + 2).gate.write(frames(5000));
  session.response(flying + 4).gate.write(frames(1));
  expect(session.order.at(-1)).toBe(flying);
});

test('has what comes on a fast path wait once the socket is slow', () => {
  const { session, flying } = busyFastSession();
  session.connection.remoteWindowBytes = 0;
  session.loop.turn(2);
  session.response(flying + 2).gate.write(frames(1));
  expect(session.order.at(-1)).toBe(flying);
});

test('finds what the stream window holds back though others passed it', () => {
  const { session, flying } = busyFastSession();
  for (const id of [flying + 2, flying + 4]) session.response(id).gate.write(frames(1));
  session.complete();
  session.loop.turn(2);
  expect(session.counters.stalls).toBe(1);
});

test('sends nothing of a response that is held, not even while the session is quiet', () => {
  const session = new FakeSession();
  const held = session.response(1, { urgency: 0 });
  session.hold(held, true);
  held.gate.write(frames(1).subarray(0, 2000));
  session.response(3, { urgency: 5 }).gate.end(frames(2));
  session.settle();
  expect(session.order).toEqual([3, 3]);
  session.hold(held, false);
  session.settle();
  expect(session.order).toEqual([3, 3, 1]);
});

test('forgets a response that leaves while it is held', () => {
  const session = new FakeSession();
  const held = session.response(1);
  session.hold(held, true);
  held.gate.write(frames(2));
  held.gate.abandon();
  session.hold(held, false);
  session.settle();
  expect(session.order).toEqual([]);
});
