import { type Audience, KnownRoutes } from '../../../lib/delivery/evidence/known-routes';

describe('KnownRoutes', () => {
  it('knows the route of a path nobody asked for yet', () => {
    const routes = new KnownRoutes(2);
    routes.learn('/product/1', '/product/:id', 'ann', 'anyone');
    expect(routes.patternOf('/product/2')).toBe('/product/:id');
    expect(routes.patternOf('/product')).toBeUndefined();
    expect(routes.patternOf('/other/2')).toBeUndefined();
  });

  it('prefers literal segments to parameters, and parameters to a splat', () => {
    const routes = new KnownRoutes(2);
    for (const pattern of ['/*rest', '/product/*rest', '/product/:id', '/product/new']) {
      routes.learn('/seen', pattern, 'ann', 'anyone');
    }
    const asked = ['/product/new', '/product/7', '/product/7/reviews', '/other'];
    expect(asked.map((path) => routes.patternOf(path))).toEqual([
      '/product/new',
      '/product/:id',
      '/product/*rest',
      '/*rest',
    ]);
  });

  it('goes by what served a path, where that is known', () => {
    const routes = new KnownRoutes(2);
    routes.learn('/product/sale', '/product/:id', 'ann', 'anyone');
    routes.learn('/x', '/product/sale', 'ann', 'anyone');
    expect(routes.patternOf('/product/sale')).toBe('/product/:id');
  });

  it('knows paths of patterns it cannot read only by having seen them', () => {
    const routes = new KnownRoutes(2);
    routes.learn('/a/1', '/a{/:id}', 'ann', 'anyone');
    expect(routes.patternOf('/a/1')).toBe('/a{/:id}');
    expect(routes.patternOf('/a/2')).toBeUndefined();
  });

  it('stays bounded', () => {
    const routes = new KnownRoutes(2);
    for (let i = 0; i < 5000; i++) routes.learn(`/p${i}/1`, `/p${i}/:id`, 'ann', 'anyone');
    const known = Array.from({ length: 5000 }, (_, i) => routes.patternOf(`/p${i}/2`));
    expect(known.filter((pattern) => pattern !== undefined)).toHaveLength(256);
  });

  it('tells which routes enough clients were served by, with pages for anybody', () => {
    const routes = new KnownRoutes(2);
    const serve = (client: string, audience: Audience) =>
      routes.learn('/p/1', '/p/:id', client, audience);
    serve('ann', 'anyone');
    serve('ann', 'anyone');
    expect(routes.openPatterns(9)).toEqual([]);
    serve('bob', 'anyone');
    serve('bob', 'unknown');
    expect(routes.openPatterns(9)).toEqual(['/p/:id']);
    serve('bob', 'one user');
    expect(routes.openPatterns(9)).toEqual([]);
  });
});
