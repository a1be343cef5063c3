import { people, site } from './site';

describe('a visitor', () => {
  it('is predicted by the pages before this one', () => {
    const { predictor } = site({ minConfidence: 0 });
    people(60).forEach((client, index) => {
      const from = index % 2 === 0 ? '/shirts' : '/shoes';
      predictor.observePage({ client, page: from });
      predictor.observePage({ client, page: '/sizes', from });
      predictor.observePage({ client, page: `${from}/all`, from: '/sizes' });
    });
    for (const from of ['/shirts', '/shoes']) {
      predictor.observePage({ client: from, page: from });
      predictor.observePage({ client: from, page: '/sizes', from });
      const [best] = predictor.predictPages('/sizes', undefined, 1, from);
      expect(best?.target).toBe(`${from}/all`);
    }
  });

  it('who never asks for resources is not taken for one who does', () => {
    const { view, wait, predictor } = site({ minConfidence: 0 });
    for (const client of people(200)) {
      view(client, '/', ['/app.css']);
      for (let i = 0; i < 3; i++) view(`robot of ${client}`, '/');
      wait(61_000);
    }
    for (let i = 0; i < 3; i++) view('robot', '/');
    const chance = (client?: string) =>
      predictor.predictResources('/', undefined, 1, client)[0]?.confidence ?? 0;
    expect(chance()).toBeGreaterThan(0.9);
    expect(chance('robot')).toBeLessThan(0.2);
  });
});

describe('a site', () => {
  it('whose links change is known again after 200 visits', () => {
    const visit = ({ predictor, wait }: ReturnType<typeof site>, name: string, to: string) => {
      for (let i = 0; i < 5; i++) {
        const client = `${name} ${i}`;
        const page = `/list/${i}`;
        predictor.observePage({ client, page });
        predictor.observePage({ client, page: `/${to}/${i}`, from: page });
        wait(1000);
      }
    };
    const old = site({ minConfidence: 0 });
    const fresh = site({ minConfidence: 0 });
    for (let i = 0; i < 400; i++) visit(old, `early ${i}`, 'old');
    for (let i = 0; i < 40; i++) {
      visit(old, `late ${i}`, 'new');
      visit(fresh, `late ${i}`, 'new');
    }
    const hits = ({ predictor }: ReturnType<typeof site>) =>
      [0, 1, 2, 3, 4].filter(
        (i) => predictor.predictPages(`/list/${i}`, undefined, 1, 'x')[0]?.target === `/new/${i}`,
      ).length;
    expect(hits(fresh)).toBe(5);
    expect(hits(old)).toBe(5);
  });

  it('whose every product page is new still gets its resources predicted', () => {
    const { view, predictor, wait } = site();
    const predicted: string[][] = [];
    people(100).forEach((client, index) => {
      const known = predictor.predictResources(`/product/${index}`, undefined, 8);
      if (index >= 10) predicted.push(known.map(({ target }) => target).sort());
      view(client, `/product/${index}`, ['/product.css', '/product.js', `/photo/${index}.jpg`]);
      wait(1000);
    });
    expect(predicted).toEqual(predicted.map(() => ['/product.css', '/product.js']));
  });

  it('is known a little after one visit, and better after two', () => {
    const { view, predictor } = site({ minClients: 1, minConfidence: 0 });
    const chances = people(2).map((client) => {
      view(client, '/', ['/app.css']);
      predictor.observePage({ client, page: '/about', from: '/' });
      return predictor.predictPages('/', undefined, 1, 'new')[0]?.confidence ?? 0;
    });
    expect(chances[0]).toBeLessThan(0.5);
    expect(chances[1]).toBeGreaterThan(chances[0] ?? 1);
  });
});

describe('confidence', () => {
  it('neither inflates nor collapses while its own predictions are delivered', () => {
    const { predictor, wait } = site();
    const chanceOf = new Map([
      ['/always.css', 1],
      ['/often.js', 0.7],
      ['/seldom.png', 0.2],
    ]);
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const chances: number[] = [];
    let misled = 0;
    for (let i = 0; i < 3000; i++) {
      const client = `visitor ${i}`;
      const isControl = i < 100 || random() < 1 / 16;
      const offered = isControl ? [] : predictor.predictResources('/').map(({ target }) => target);
      predictor.observePage({ client, page: '/', offered });
      for (const [resource, chance] of chanceOf) {
        // Browsers fetch what they are told to fetch.
        const isAsked = random() < chance || offered.includes(resource);
        if (isAsked) predictor.observeResource({ client, page: '/', resource, kind: 'script' });
      }
      wait(500);
      const often = predictor
        .predictResources('/', undefined, 8)
        .find(({ target }) => target === '/often.js');
      if (i > 500) chances.push(often?.confidence ?? 0);
      if (offered.includes('/seldom.png')) misled++;
    }
    const mean = chances.reduce((sum, one) => sum + one, 0) / chances.length;
    expect(mean).toBeGreaterThan(0.55);
    expect(mean).toBeLessThan(0.85);
    expect(misled).toBeLessThan(300);
  });
});
