import { SentBytes } from '../../lib/multiplexing/sent-bytes';

function give(sent: SentBytes, bytes: number): void {
  sent.submit(bytes);
  sent.written(bytes);
}

test('counts as in flight what was given and is not known to have arrived', () => {
  const sent = new SentBytes();
  give(sent, 1000);
  const mark = sent.mark(10);
  give(sent, 500);
  sent.acknowledge(mark, 60);
  expect(sent.inFlightBytes).toBe(500);
});

test('marks only what Node has written', () => {
  const sent = new SentBytes();
  sent.submit(1000);
  expect(sent.unmarkedBytes).toBe(0);
  sent.written(400);
  sent.marked(sent.mark(10));
  expect(sent.unmarkedBytes).toBe(0);
  expect(sent.acknowledge(sent.mark(10), 60)?.newBytes).toBe(400);
});

test('takes the rate over the longer of sending and arriving', () => {
  const sent = new SentBytes();
  give(sent, 1000);
  expect(sent.acknowledge(sent.mark(10), 60)?.bytesPerMs).toBeUndefined();
  give(sent, 1000);
  const early = sent.mark(30);
  give(sent, 3000);
  const late = sent.mark(40);
  expect(sent.acknowledge(early, 70)).toEqual({ newBytes: 1000, bytesPerMs: 1000 / 20 });
  expect(sent.acknowledge(late, 110)).toEqual({ newBytes: 3000, bytesPerMs: 4000 / 50 });
});

test('learns nothing from an ACK for what is known', () => {
  const sent = new SentBytes();
  give(sent, 1000);
  const mark = sent.mark(10);
  sent.acknowledge(mark, 60);
  expect(sent.acknowledge(mark, 90)).toBeUndefined();
});

test('calls marks limited by the app until what was sent then has arrived', () => {
  const sent = new SentBytes();
  give(sent, 1000);
  sent.limitedByApp();
  const mark = sent.mark(10);
  expect(mark.isAppLimited).toBe(true);
  sent.acknowledge(mark, 60);
  expect(sent.mark(60).isAppLimited).toBe(true);
  give(sent, 1000);
  sent.acknowledge(sent.mark(70), 120);
  expect(sent.mark(120).isAppLimited).toBe(false);
});
