import * as fc from 'fast-check';
import { PageKnowledge } from '../../lib/prediction/page-knowledge';
import { rankTargets, usageRate } from '../../lib/prediction/ranking';
import type { ResourceKind } from '../../lib/prediction/resource-kind';

const limits = { minClients: 2, maxTargetsPerPage: 64, halfLifeVisits: 1000 };

/** What clients 1, 2, ... asked for, one visit each. */
function taught(visits: readonly Readonly<Record<string, ResourceKind>>[]): PageKnowledge {
  const page = new PageKnowledge(limits);
  visits.forEach((uses, client) => {
    page.resources.addVisit();
    for (const [target, kind] of Object.entries(uses)) {
      page.resources.addUse(target, kind, client);
    }
  });
  return page;
}

const ask = (page?: PageKnowledge, pattern?: PageKnowledge, minConfidence = 0) =>
  rankTargets({ part: 'resources', page, pattern, minClients: 2, minConfidence });

const repeat = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('usageRate', () => {
  it('is unsure after one visit and surer after many', () => {
    expect(usageRate(1, 1, 0.1)).toBeCloseTo(0.4);
    expect(usageRate(3, 3, 0.1)).toBeCloseTo(0.64);
    expect(usageRate(100, 100, 0.1)).toBeGreaterThan(0.98);
  });

  it('is the expectation where nothing was seen', () => {
    expect(usageRate(0, 0, 0.7)).toBe(0.7);
  });

  it('lies between what was seen and what was expected', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        unit,
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        unit,
        (p, n, expected) => {
          const rate = usageRate(p * n, n, expected);
          expect(rate).toBeGreaterThanOrEqual(Math.min(p, expected) - 1e-9);
          expect(rate).toBeLessThanOrEqual(Math.max(p, expected) + 1e-9);
        },
      ),
    );
  });
});

describe('rankTargets', () => {
  it('puts what blocks rendering first among equals, then the likelier', () => {
    const all = { '/hero.webp': 'image', '/app.js': 'script', '/a.css': 'style' } as const;
    const page = taught([...repeat(10, all), ...repeat(10, { '/late.css': 'style' as const })]);
    expect(ask(page).map(({ target }) => target)).toEqual([
      '/a.css',
      '/late.css',
      '/app.js',
      '/hero.webp',
    ]);
    const busier = taught([...repeat(15, all), ...repeat(5, { '/late.css': 'style' as const })]);
    expect(
      ask(busier)
        .map(({ target }) => target)
        .at(-1),
    ).toBe('/late.css');
  });

  it('keeps to itself what too few clients asked for', () => {
    const page = taught([{ '/a.css': 'style', '/mine.js': 'script' }, { '/a.css': 'style' }]);
    expect(ask(page).map(({ target }) => target)).toEqual(['/a.css']);
  });

  it('offers a new page what its pattern needs', () => {
    const pattern = taught(repeat(20, { '/a.css': 'style' as const }));
    expect(ask(undefined, pattern)).toEqual([
      { target: '/a.css', kind: 'style', clients: 2, confidence: expect.closeTo(0.918, 3) },
    ]);
  });

  it('trusts a page more than its pattern once the page is known', () => {
    const pattern = taught(repeat(20, { '/common.css': 'style' as const }));
    const page = taught(repeat(10, { '/own.js': 'script' as const }));
    expect(ask(page, pattern, 0.5).map(({ target }) => target)).toEqual(['/own.js']);
  });

  it('is surer of a target that page and pattern agree on', () => {
    const visits = repeat(3, { '/a.css': 'style' as const });
    const [alone] = ask(taught(visits));
    const [agreed] = ask(taught(visits), taught(repeat(50, visits[0] ?? {})));
    expect(agreed?.confidence).toBeGreaterThan(alone?.confidence ?? 1);
  });

  it('knows nothing of nothing', () => {
    expect(ask()).toEqual([]);
  });
});
