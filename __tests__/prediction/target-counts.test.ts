import * as fc from 'fast-check';
import { TargetCounts } from '../../lib/prediction/target-counts';

const limits = { minClients: 3, maxTargetsPerPage: 4, halfLifeVisits: 10 };

function visit(counts: TargetCounts, client: number, targets: readonly string[]): void {
  counts.addVisit();
  for (const target of targets) counts.addUse(target, 'style', client);
}

const share = (counts: TargetCounts, target: string): number =>
  (counts.get(target)?.uses ?? 0) / counts.visits;

describe('TargetCounts', () => {
  it('counts visits, uses and clients', () => {
    const counts = new TargetCounts(limits);
    visit(counts, 1, ['/a', '/b']);
    visit(counts, 1, ['/a']);
    visit(counts, 2, ['/a']);
    expect(counts.visits).toBe(3);
    expect(counts.get('/a')).toMatchObject({ uses: 3, clients: { count: 2 } });
    expect(counts.get('/b')).toMatchObject({ uses: 1, clients: { count: 1 } });
  });

  it('halves what is old after each half-life', () => {
    const counts = new TargetCounts(limits);
    for (let i = 0; i < 10; i++) visit(counts, i, ['/old']);
    for (let i = 0; i < 10; i++) visit(counts, i, ['/new']);
    expect(counts.get('/old')?.uses).toBe(5);
    expect(counts.get('/new')?.uses).toBe(10);
    expect(counts.visits).toBe(15);
  });

  it('drops what nobody asked for during two half-lives', () => {
    const counts = new TargetCounts(limits);
    visit(counts, 1, ['/once']);
    for (let i = 0; i < 20; i++) visit(counts, i, ['/always']);
    expect(counts.get('/once')).toBeUndefined();
    expect(counts.size).toBe(1);
  });

  it('replaces the least used target when the table is full, the oldest of several', () => {
    const counts = new TargetCounts(limits);
    visit(counts, 1, ['/a', '/b', '/c', '/d']);
    visit(counts, 2, ['/a', '/c']);
    visit(counts, 3, ['/new']);
    expect(['/a', '/b', '/c', '/d', '/new'].filter((one) => counts.get(one))).toEqual([
      '/a',
      '/c',
      '/d',
      '/new',
    ]);
  });

  it('holds the rate of a target over a visit that proves nothing', () => {
    const counts = new TargetCounts(limits);
    visit(counts, 1, ['/a']);
    visit(counts, 2, []);
    const before = share(counts, '/a');
    for (let i = 0; i < 5; i++) {
      counts.holdRate('/a');
      counts.addVisit();
    }
    expect(share(counts, '/a')).toBeCloseTo(before, 10);
    expect(counts.get('/a')?.clients.count).toBe(1);
  });

  it('never holds more targets, or more uses than visits, whatever comes', () => {
    const event = fc.record({
      client: fc.integer({ min: 0, max: 5 }),
      targets: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), {
        maxLength: 8,
      }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const counts = new TargetCounts(limits);
        for (const { client, targets } of events) {
          visit(counts, client, targets);
          expect(counts.size).toBeLessThanOrEqual(limits.maxTargetsPerPage);
          for (const [, { uses }] of counts.entries()) {
            expect(uses).toBeLessThanOrEqual(counts.visits);
          }
        }
      }),
    );
  });
});
