import { OpenVisit } from '../../lib/prediction/open-visit';
import { PageKnowledge } from '../../lib/prediction/page-knowledge';

const limits = { minClients: 3, maxTargetsPerPage: 8, halfLifeVisits: 100 };

function open(client: number, page: PageKnowledge, offered: readonly string[] = []): OpenVisit {
  const visit = new OpenVisit({
    client,
    page: '/',
    viewedAtMs: 0,
    offered,
    maxTargetsPerPage: limits.maxTargetsPerPage,
  });
  visit.teachPage(page);
  return visit;
}

describe('OpenVisit', () => {
  it('counts for resources from its first resource on, and for next pages at once', () => {
    const page = new PageKnowledge(limits);
    const visit = open(1, page);
    expect([page.nextPages.visits, page.resources.visits]).toEqual([1, 0]);
    visit.addResource('/a.css', 'style');
    visit.addResource('/b.js', 'script');
    expect([page.nextPages.visits, page.resources.visits]).toEqual([1, 1]);
  });

  it('teaches each target once', () => {
    const page = new PageKnowledge(limits);
    const visit = open(1, page);
    for (let i = 0; i < 5; i++) visit.addResource('/a.css', 'style');
    for (let i = 0; i < 5; i++) visit.addNextPage('/next');
    expect(page.resources.get('/a.css')?.uses).toBe(1);
    expect(page.nextPages.get('/next')?.uses).toBe(1);
  });

  it('displaces at most half of what a full table holds', () => {
    const page = new PageKnowledge(limits);
    const real = Array.from({ length: 8 }, (_, index) => `/real/${index}.js`);
    const honest = open(1, page);
    for (const target of real) honest.addResource(target, 'script');
    const flood = open(2, page);
    for (let i = 0; i < 1000; i++) flood.addResource(`/${i}.js`, 'script');
    expect(real.filter((target) => page.resources.get(target) !== undefined)).toHaveLength(4);
    expect(page.resources.size).toBe(8);
  });

  it('learns the next page of a page with many subresources', () => {
    const page = new PageKnowledge(limits);
    const visit = open(1, page);
    for (let i = 0; i < 100; i++) visit.addResource(`/${i}.js`, 'script');
    visit.addNextPage('/next');
    expect(page.resources.size).toBe(8);
    expect(page.nextPages.get('/next')?.uses).toBe(1);
  });

  it('leaves the chances of what was offered as they are', () => {
    const page = new PageKnowledge(limits);
    for (const client of [1, 2]) open(client, page).addResource('/a.css', 'style');
    for (let client = 3; client < 20; client++) {
      const visit = open(client, page, ['/a.css']);
      visit.addResource('/other.js', 'script');
      if (client % 2 === 0) visit.addResource('/a.css', 'style');
    }
    const { resources } = page;
    expect((resources.get('/a.css')?.uses ?? 0) / resources.visits).toBeCloseTo(1, 10);
    expect(resources.get('/a.css')?.clients.count).toBe(2);
  });

  it('does not learn from what was offered with a reload', () => {
    const page = new PageKnowledge(limits);
    const visit = open(1, page);
    visit.reload(5, ['/a.css']);
    visit.addResource('/a.css', 'style');
    expect(visit.viewedAtMs).toBe(5);
    expect(page.resources.get('/a.css')).toBeUndefined();
  });

  it('counts for a pattern that becomes known late', () => {
    const page = new PageKnowledge(limits);
    const pattern = new PageKnowledge(limits);
    const visit = open(1, page);
    visit.addResource('/a.css', 'style');
    visit.teachPattern(pattern);
    visit.teachPattern(pattern);
    visit.addResource('/b.js', 'script');
    expect([pattern.nextPages.visits, pattern.resources.visits]).toEqual([1, 1]);
    expect(pattern.resources.get('/b.js')?.uses).toBe(1);
  });

  it('teaches nothing once its client has had its share', () => {
    const page = new PageKnowledge(limits);
    open(1, page);
    const again = open(1, page);
    again.addResource('/a.css', 'style');
    expect(again.counts).toBe(false);
    expect(page.resources.size).toBe(0);
  });
});
