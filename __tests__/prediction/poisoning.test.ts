import * as fc from 'fast-check';
import type { ResourceKind } from '../../lib/prediction/resource-kind';
import { people, site } from './site';

describe('trust', () => {
  const floodVisits = 10_000;

  it('is not moved by a flood of visits from one client', () => {
    const { view, predictor } = site();
    const visitPage = (client: string): void => {
      view(client, '/', ['/app.css'], '/');
      predictor.observePage({ client, page: '/products', from: '/' });
    };
    people(20).forEach(visitPage);
    const before = [predictor.predictResources('/'), predictor.predictPages('/')];
    for (let i = 0; i < floodVisits; i++) {
      view('mallory', '/', [`/evil.css`, `/evil/${i}.css`], '/');
      predictor.observePage({ client: 'mallory', page: '/evil', from: '/' });
    }
    const after = [predictor.predictResources('/'), predictor.predictPages('/')];
    after.forEach((list, index) => {
      expect(list.map(({ target }) => target)).toEqual(before[index]?.map(({ target }) => target));
      expect(list[0]?.confidence).toBeGreaterThan((before[index]?.[0]?.confidence ?? 1) - 0.1);
    });
  });

  it('offers what real visitors need although the flood came first and goes on', () => {
    const { view, resources } = site();
    const flood = (n: number): void => {
      for (let i = 0; i < n; i++) view('mallory', '/', ['/evil.css'], '/');
    };
    flood(floodVisits);
    people(30).forEach((client, index) => {
      view(client, '/', (index * 7) % 10 < 7 ? ['/app.css'] : ['/other.css'], '/');
      flood(100);
    });
    expect(resources('/')).toEqual(['/app.css']);
  });

  it('keeps the targets of a full table against targets that one client makes up', () => {
    const real = Array.from({ length: 8 }, (_, index) => `/${index}.css`);
    const { view, resources } = site();
    for (const client of people(10)) view(client, '/', real);
    for (let i = 0; i < floodVisits; i++) view('mallory', '/', [`/a${i}`, `/b${i}`, `/c${i}`]);
    expect(resources('/').sort()).toEqual(real);
  });

  it('keeps the pages of a full table against pages that one client makes up', () => {
    const { view, resources, predictor } = site({ maxBytes: 1 << 20 });
    for (const client of people(10)) view(client, '/', ['/app.css']);
    for (let i = 0; i < floodVisits; i++) view('mallory', `/evil/${i}`, ['/evil.css']);
    expect(resources('/')).toEqual(['/app.css']);
    expect(predictor.stats.bytes).toBeLessThan(1 << 20);
    for (const client of people(10)) view(client, '/new', ['/new.css']);
    expect(resources('/new')).toEqual(['/new.css']);
  });

  it('does not keep pages in a full table because one client comes back to them', () => {
    const { view, resources } = site({ maxBytes: 1 << 20 });
    for (let i = 0; i < 1000; i++) view('mallory', `/evil/${i % 10}`, ['/evil.css']);
    const pages = Array.from({ length: 9 }, (_, index) => `/${index}`);
    for (const round of people(3)) {
      for (const page of pages) view(`${round} on ${page}`, page, ['/app.css']);
    }
    expect(pages.filter((page) => resources(page).length === 1)).toEqual(pages);
  });

  /** Six pages, each followed by five others, the likeliest first. */
  function shop() {
    const made = site({ minConfidence: 0 });
    const pages = Array.from({ length: 6 }, (_, index) => `/page/${index}`);
    const walk = (client: string, from: string, to: string, network?: string): void => {
      const place = { client, ...(network !== undefined && { network }) };
      made.predictor.observePage({ ...place, page: from });
      made.predictor.observePage({ ...place, page: to, from });
      made.wait(1000);
    };
    let visitor = 0;
    for (let round = 0; round < 60; round++) {
      for (const from of pages) {
        pages.forEach((to, rank) => {
          if (to !== from && round % 10 < 10 - rank) walk(`v${visitor++}`, from, to);
        });
      }
    }
    const best = (): string[][] =>
      pages.map((page) =>
        made.predictor
          .predictPages(page, undefined, 5)
          .map(({ target }) => target)
          .sort(),
      );
    return { ...made, pages, walk, best };
  }

  it('keeps the five best of each page against the clients of one subnet', () => {
    const { pages, walk, best } = shop();
    const before = best();
    for (let i = 0; i < 256; i++) {
      for (const page of pages) walk(`192.0.2.${i}`, page, `/evil/${i % 5}`, '192.0.2.0/24');
    }
    expect(best()).toEqual(before);
  });

  it('keeps the five best of each page against one client that goes back and forth', () => {
    const { predictor, pages, best, wait } = shop();
    const before = best();
    const rare = pages.map((_, index) => `/rare/${index}`);
    for (const page of rare)
      for (const one of people(3)) predictor.observePage({ client: one, page });
    for (let i = 0; i < 500; i++) {
      pages.forEach((page, index) => {
        predictor.observePage({ client: 'mallory', page, from: '/rare/0' });
        predictor.observePage({ client: 'mallory', page: rare[index] ?? '', from: page });
        wait(1000);
      });
    }
    expect(best()).toEqual(before);
  });

  it('keeps the five best of each page against a network that wanders through ever new pages', () => {
    const { predictor, pages, best, wait } = shop();
    const before = best();
    for (let i = 0; i < 256; i++) {
      const visitor = { client: `192.0.2.${i}`, network: '192.0.2.0/24' };
      for (const page of pages) {
        const way = `/way/${i}${page}`;
        predictor.observePage({ ...visitor, page });
        predictor.observePage({ ...visitor, page: way, from: page });
        predictor.observePage({ ...visitor, page: `/evil/${i % 5}`, from: way });
        wait(1000);
      }
    }
    expect(best()).toEqual(before);
  });

  it('keeps the five best of each page against a crawler in order of the sitemap', () => {
    const { predictor, pages, best, wait } = shop();
    const before = best();
    let from: string | undefined;
    for (let round = 0; round < 20; round++) {
      for (const page of [...pages, ...pages.map((one) => `${one}/old`)]) {
        predictor.observePage({ client: 'crawler', page, ...(from !== undefined && { from }) });
        from = page;
        wait(1000);
      }
    }
    expect(best()).toEqual(before);
  });

  it('forgets a page and a target on demand', () => {
    const { view, predictor, resources, pages } = site();
    for (const client of people(10)) {
      view(client, '/', ['/app.css', '/private.css'], '/');
      predictor.observePage({ client, page: '/account', from: '/' });
    }
    predictor.forget('/private.css');
    predictor.forget('/account');
    expect(resources('/')).toEqual(['/app.css']);
    expect(pages('/')).toEqual([]);
  });
});

describe('bounds', () => {
  it('hold for any input, and every confidence is a probability', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', '', 'x'.repeat(2000));
    const kind = fc.constantFrom<ResourceKind>('style', 'script', 'font', 'image', 'fetch');
    const event = fc.record({
      client: word,
      page: word,
      from: word,
      pattern: fc.option(word, { nil: undefined }),
      resource: word,
      kind,
      waitMs: fc.constantFrom(0, 1000, 3_600_000),
      isPage: fc.boolean(),
    });
    const options = { maxBytes: 1 << 20, halfLifeVisits: 4, minConfidence: 0 };
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 1, max: 3 }), (all, k) => {
        const { predictor, wait } = site({ ...options, minClients: k });
        for (const { client, page, from, pattern, resource, kind, waitMs, isPage } of all) {
          const place = { client, page, ...(pattern !== undefined && { pattern }) };
          wait(waitMs);
          if (isPage) predictor.observePage({ ...place, from, offered: [resource] });
          else predictor.observeResource({ ...place, resource, kind });
          const guesses = [
            ...predictor.predictResources(page, pattern, 99, client),
            ...predictor.predictPages(page, pattern, 99, client),
          ];
          for (const guess of guesses) {
            expect(guess.confidence).toBeGreaterThanOrEqual(0);
            expect(guess.confidence).toBeLessThanOrEqual(1);
            expect(guess.clients).toBe(k);
          }
        }
      }),
      { numRuns: 50, seed: 5 },
    );
  });

  it('hold for thirty thousand pages, each asked for twice', () => {
    const { view, predictor, resources } = site({ maxBytes: 2 << 20 });
    for (const client of people(20)) view(client, '/', ['/app.css']);
    for (let i = 0; i < 60_000; i++) {
      view(`client ${i}`, `/${i >> 1}`, [`/${i >> 1}.css`], `/${i >> 1}`);
      if (i % 500 === 0) view(`visitor ${i}`, '/', ['/app.css']);
    }
    expect(predictor.stats.bytes).toBeLessThan(2 << 20);
    expect(predictor.stats.evictedUrls).toBeGreaterThan(20_000);
    expect(resources('/')).toEqual(['/app.css']);
  });
});
