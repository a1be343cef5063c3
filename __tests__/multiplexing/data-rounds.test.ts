import { DataRounds } from '../../lib/multiplexing/data-rounds';

const end = (ackedBytes: number, ackedMs: number, isAppLimited = false) => ({
  ackedBytes,
  ackedMs,
  isAppLimited,
});

test('ends a round when what was in flight at its beginning has arrived', () => {
  const rounds = new DataRounds();
  rounds.end(end(1000, 10), 5000);
  expect(rounds.isOver(4999)).toBe(false);
  expect(rounds.isOver(5000)).toBe(true);
});

test('takes the rate over two rounds', () => {
  const rounds = new DataRounds();
  expect(rounds.end(end(1000, 10), 2000).bytesPerMs).toBeUndefined();
  expect(rounds.end(end(2000, 30), 4000).bytesPerMs).toBeUndefined();
  expect(rounds.end(end(4000, 40), 6000).bytesPerMs).toBe(100);
});

test('gives the mean round trip of each round', () => {
  const rounds = new DataRounds();
  rounds.addRtt(10);
  rounds.addRtt(30);
  expect(rounds.end(end(1000, 10), 2000).meanRttMs).toBe(20);
  rounds.addRtt(50);
  expect(rounds.end(end(2000, 20), 3000).meanRttMs).toBe(50);
});

test('does not count rounds in which the app had too little, and tells of it for two', () => {
  const rounds = new DataRounds();
  rounds.end(end(1000, 10), 2000);
  expect(rounds.end(end(2000, 20, true), 3000).isRateLimited).toBe(true);
  expect(rounds.end(end(3000, 30), 4000).isRateLimited).toBe(true);
  expect(rounds.end(end(4000, 40), 5000).isRateLimited).toBe(false);
  expect(rounds.count).toBe(3);
});
