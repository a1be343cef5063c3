import { AckJitter } from '../../lib/multiplexing/ack-jitter';

test('is none where all ACKs are late alike', () => {
  const jitter = new AckJitter();
  for (let i = 0; i < 200; i++) jitter.note(20);
  expect(jitter.ms).toBeLessThan(0.1);
});

test('is twice the mean deviation where they vary', () => {
  const jitter = new AckJitter();
  for (let i = 0; i < 200; i++) jitter.note(i % 2 === 0 ? 5 : 15);
  expect(jitter.ms).toBeGreaterThan(8);
  expect(jitter.ms).toBeLessThan(12);
});

test('tells by how much an ACK may be late before it is overdue', () => {
  const jitter = new AckJitter();
  expect(jitter.mostMs).toBe(0);
  for (let i = 0; i < 200; i++) jitter.note(i % 2 === 0 ? 15 : 25);
  expect(jitter.mostMs).toBeGreaterThan(28);
  expect(jitter.mostMs).toBeLessThan(32);
});

test('has a limit', () => {
  const jitter = new AckJitter();
  for (let i = 0; i < 20; i++) jitter.note(i % 2 === 0 ? 0 : 1000);
  expect(jitter.ms).toBe(100);
});
