import { OpenVisit } from '../../lib/prediction/open-visit';
import { OpenVisits } from '../../lib/prediction/open-visits';

const visitOf = (client: number, page: string): OpenVisit =>
  new OpenVisit({ client, page, viewedAtMs: 0, offered: [], maxTargetsPerPage: 4 });

function openAll(visits: OpenVisits, client: number, pages: readonly string[]): void {
  for (const page of pages) visits.add(client, visitOf(client, page));
}

const numbered = (n: number): string[] => Array.from({ length: n }, (_, index) => `/${index}`);

describe('OpenVisits', () => {
  it('tells the tabs of a client apart', () => {
    const visits = new OpenVisits(4);
    openAll(visits, 1, ['/a', '/b']);
    expect(visits.find(1, '/a')?.page).toBe('/a');
    expect(visits.find(1, '/b')?.page).toBe('/b');
    expect(visits.find(2, '/a')).toBeUndefined();
  });

  it('ends the earlier visit of the same page', () => {
    const visits = new OpenVisits(4);
    openAll(visits, 1, ['/a']);
    const second = visitOf(1, '/a');
    visits.add(1, second);
    openAll(visits, 1, numbered(7));
    expect(visits.find(1, '/a')).toBe(second);
  });

  it('lets a flood from one client push out only its own visits', () => {
    const visits = new OpenVisits(4);
    openAll(visits, 1, ['/a']);
    openAll(visits, 2, numbered(10_000));
    expect(visits.find(1, '/a')).toBeDefined();
    expect(visits.find(2, '/9991')).toBeUndefined();
    expect(visits.find(2, '/9992')).toBeDefined();
  });

  it('forgets the client that has been quiet longest', () => {
    const visits = new OpenVisits(2);
    openAll(visits, 1, ['/a']);
    openAll(visits, 2, ['/a']);
    openAll(visits, 1, ['/b']);
    openAll(visits, 3, ['/a']);
    expect([1, 2, 3].map((client) => visits.find(client, '/a') !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
