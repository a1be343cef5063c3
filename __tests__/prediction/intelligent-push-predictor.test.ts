import {
  IntelligentPushPredictor,
  type PredictorOptions,
} from '../../lib/prediction/intelligent-push-predictor';
import { people, site } from './site';

describe('learning resources', () => {
  it('offers a resource once three clients asked for it', () => {
    const { view, resources } = site();
    view('a', '/', ['/app.css']);
    view('b', '/', ['/app.css']);
    expect(resources('/')).toEqual([]);
    view('c', '/', ['/app.css']);
    expect(resources('/')).toEqual(['/app.css']);
  });

  it('does not take one client that comes three times for three clients', () => {
    const { view, resources } = site();
    for (let i = 0; i < 3; i++) view('a', '/', ['/app.css']);
    expect(resources('/')).toEqual([]);
  });

  it('offers what has become known to one client when one is enough', () => {
    const { view, predictor } = site({ minClients: 1, minConfidence: 0 });
    view('a', '/', ['/app.css']);
    expect(predictor.predictResources('/')).toEqual([
      { target: '/app.css', kind: 'style', clients: 1, confidence: expect.any(Number) },
    ]);
  });

  it('is not misled by visitors whose browsers have everything cached', () => {
    const { view, resources } = site();
    for (const client of people(5)) view(client, '/', ['/app.css']);
    for (const client of people(500)) view(`${client} again`, '/');
    expect(resources('/')).toEqual(['/app.css']);
  });

  it('does not offer what few of a page’s visitors ask for', () => {
    const { view, resources } = site();
    people(30).forEach((client, index) =>
      view(client, '/', index % 5 === 0 ? ['/app.css', '/rare.css'] : ['/app.css']),
    );
    expect(resources('/')).toEqual(['/app.css']);
  });

  it('offers a page never seen what its route pattern needs', () => {
    const { view, resources } = site();
    people(10).forEach((client, index) =>
      view(client, `/product/${index}`, ['/product.css', `/photo/${index}`], '/product/:id'),
    );
    expect(resources('/product/99', '/product/:id')).toEqual(['/product.css']);
    expect(resources('/product/3')).toEqual(['/product.css']);
  });

  it('replaces the resources of a page after a deployment', () => {
    const { view, resources } = site({ halfLifeVisits: 50 });
    for (const client of people(200)) view(client, '/', ['/app.1.css']);
    for (const client of people(200)) view(`${client} later`, '/', ['/app.2.css']);
    expect(resources('/')).toEqual(['/app.2.css']);
  });

  it('ignores resources of a page that was not viewed, or more than a minute ago', () => {
    const { view, wait, predictor, resources } = site();
    for (const client of people(5)) {
      const use = { client, resource: '/app.css', kind: 'style' } as const;
      predictor.observeResource({ ...use, page: '/never' });
      view(client, '/');
      wait(60_001);
      predictor.observeResource({ ...use, page: '/' });
    }
    expect(resources('/never')).toEqual([]);
    expect(resources('/')).toEqual([]);
  });

  it('returns at most as many as asked for', () => {
    const { view, predictor } = site();
    const many = Array.from({ length: 20 }, (_, index) => `/${index}.css`);
    for (const client of people(4)) view(client, '/', many);
    expect(predictor.predictResources('/')).toHaveLength(8);
    expect(predictor.predictResources('/', undefined, 2)).toHaveLength(2);
  });
});

describe('what belongs to a page', () => {
  it('is told by its folder when the page is new', () => {
    const { view, wait, predictor } = site({ minConfidence: 0 });
    people(80).forEach((client, index) => {
      const talk = `/talks/${index % 4}`;
      view(client, `${talk}/`, [`${talk}/slides.css`, '/site.css']);
      wait(61_000);
    });
    for (const client of people(3))
      view(`${client} too`, '/talks/9/print.html', ['/talks/9/slides.css']);
    const best = predictor.predictResources('/talks/9/all.html', undefined, 8);
    const rankOf = (url: string): number => best.findIndex(({ target }) => target === url);
    const others = [0, 1, 2, 3].map((talk) => rankOf(`/talks/${talk}/slides.css`));
    expect(rankOf('/talks/9/slides.css')).toBeGreaterThanOrEqual(0);
    expect(others.filter((rank) => rank !== -1 && rank < rankOf('/talks/9/slides.css'))).toEqual(
      [],
    );
  });

  it('comes in the order in which browsers ask for it', () => {
    const { view, resources, predictor } = site();
    const inOrder = ['/first.css', '/second.js', '/third.png'];
    for (const client of people(10)) view(client, '/', inOrder);
    expect(resources('/')).toEqual(inOrder);
    const loaded = site();
    loaded.predictor.merge(predictor.snapshot());
    expect(loaded.resources('/')).toEqual(inOrder);
  });
});

describe('what was offered', () => {
  it('neither gains nor loses confidence by being offered', () => {
    const { view, predictor } = site();
    const chance = (): number | undefined =>
      predictor.predictResources('/').find(({ target }) => target === '/app.css')?.confidence;
    for (const client of people(10)) view(client, '/', ['/app.css', '/app.js']);
    const before = chance();
    for (const client of people(300)) {
      const place = { client: `${client} later`, page: '/' };
      predictor.observePage({ ...place, offered: ['/app.css'] });
      for (const resource of ['/app.css', '/app.js']) {
        predictor.observeResource({ ...place, resource, kind: 'style' });
      }
    }
    expect(before).toBeGreaterThan(0.9);
    expect(chance()).toBeCloseTo(before ?? 1, 5);
  });
});

describe('learning pages', () => {
  const step = (predictor: IntelligentPushPredictor, client: string, from: string, page: string) =>
    predictor.observePage({ client, page, from });

  it('offers the page most visitors go to next', () => {
    const { view, predictor, pages } = site();
    people(20).forEach((client, index) => {
      view(client, '/');
      step(predictor, client, '/', index % 4 === 0 ? '/about' : '/products');
    });
    expect(pages('/')).toEqual(['/products']);
    const [best] = predictor.predictPages('/');
    expect(best).toMatchObject({ kind: 'document', clients: 3 });
    expect(best?.confidence).toBeGreaterThan(0.5);
    expect(best?.confidence).toBeLessThan(0.85);
  });

  it('counts visits that went nowhere', () => {
    const { view, predictor, pages } = site();
    people(40).forEach((client, index) => {
      view(client, '/');
      if (index % 4 === 0) step(predictor, client, '/', '/products');
    });
    expect(pages('/')).toEqual([]);
  });

  it('keeps a reload from hiding where its visitor went', () => {
    const { view, predictor, pages } = site();
    for (const client of people(10)) {
      view(client, '/');
      view(client, '/');
      step(predictor, client, '/', '/products');
    }
    expect(pages('/')).toEqual(['/products']);
  });

  it('ignores a Referer to a page the client was not on, or not lately', () => {
    const { view, wait, predictor, pages } = site();
    for (const client of people(5)) {
      step(predictor, client, '/never', '/products');
      view(client, '/');
      wait(31 * 60_000);
      step(predictor, client, '/', '/products');
    }
    expect(pages('/never')).toEqual([]);
    expect(pages('/')).toEqual([]);
  });

  it('does not mix clients, and follows the tabs of one', () => {
    const { view, predictor, pages } = site({ minConfidence: 0.3 });
    for (const client of people(5)) view(client, '/a');
    for (const client of people(5)) view(client, '/b');
    for (const client of people(5)) step(predictor, client, '/a', '/after-a');
    for (const client of people(5)) step(predictor, client, '/b', '/after-b');
    expect(pages('/a')).toEqual(['/after-a']);
    expect(pages('/b')).toEqual(['/after-b']);
  });

  it('learns for the route pattern of the page left, too', () => {
    const { predictor, pages } = site();
    people(10).forEach((client, index) => {
      predictor.observePage({ client, page: `/product/${index}` });
      predictor.observePage({
        client,
        page: '/cart',
        from: `/product/${index}`,
        fromPattern: '/product/:id',
      });
    });
    expect(pages('/product/99', '/product/:id')).toEqual(['/cart']);
    // The pattern leads to one page only, unlike the site, where carts lead nowhere.
    const [best] = predictor.predictPages('/product/99', '/product/:id');
    const [anywhere] = predictor.predictPages('/never-seen', '/never-seen', 1);
    expect(best?.confidence).toBeGreaterThan((anywhere?.confidence ?? 0) + 0.05);
  });
});

describe('think time', () => {
  it('is the median of what a pattern took', () => {
    const { predictor } = site();
    expect(predictor.thinkTimeMs('/')).toBeUndefined();
    for (const ms of [100, 120, 5000]) predictor.observeThinkTime('/', ms);
    expect(predictor.thinkTimeMs('/')).toBe(120);
  });
});

describe('options', () => {
  it('have the same defaults for nothing, {} and undefined', () => {
    for (const options of [undefined, {}, { minClients: undefined }]) {
      expect(() => new IntelligentPushPredictor(options as PredictorOptions)).not.toThrow();
    }
  });

  it('are checked', () => {
    expect(() => new IntelligentPushPredictor({ minClients: 0 })).toThrow(RangeError);
    expect(() => new IntelligentPushPredictor({ minConfidence: 2 })).toThrow(
      'IntelligentPushPredictor: minConfidence must be a number from 0 to 1, got 2',
    );
  });
});
