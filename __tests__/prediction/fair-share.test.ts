import { FairShare } from '../../lib/prediction/fair-share';

/** Clients whose visits counted, in order. */
const counted = (share: FairShare, clients: readonly number[]): number[] =>
  clients.filter((client) => share.admits(client));

const times = (n: number, clients: readonly number[]): number[] =>
  Array.from({ length: n }, () => clients).flat();

describe('FairShare', () => {
  it('counts a client that is alone once', () => {
    expect(counted(new FairShare(3), times(10_000, [1]))).toEqual([1]);
  });

  it('counts two clients once each as long as three are asked for', () => {
    expect(counted(new FairShare(3), times(100, [1, 2]))).toEqual([1, 2]);
  });

  it('counts clients that take turns in turn', () => {
    const counts = counted(new FairShare(3), times(100, [1, 2, 3, 4]));
    const perClient = [1, 2, 3, 4].map((one) => counts.filter((client) => client === one).length);
    expect(Math.min(...perClient)).toBeGreaterThanOrEqual(20);
    expect(counts.length).toBeGreaterThanOrEqual(100);
  });

  it('holds a flood to one in sixteen where sixteen others come', () => {
    const others = Array.from({ length: 160 }, (_, index) => index + 2);
    const visits = others.flatMap((other) => [...times(100, [1]), other]);
    const counts = counted(new FairShare(3), visits);
    expect(counts.filter((client) => client === 1).length).toBeLessThanOrEqual(160 / 15 + 1);
    expect(counts.filter((client) => client !== 1)).toEqual(others);
  });

  it('goes on with the few that stay after many have left', () => {
    const share = new FairShare(3);
    const many = Array.from({ length: 16 }, (_, index) => index);
    counted(share, many);
    expect(counted(share, times(30, [0, 1, 2])).length).toBeGreaterThanOrEqual(30);
  });

  it('counts everything when one client is enough', () => {
    expect(counted(new FairShare(1), times(10, [1]))).toHaveLength(10);
  });
});
