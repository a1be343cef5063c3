import * as fc from 'fast-check';
import { pathSegments, RoutePattern } from '../../lib/prediction/route-pattern';

const matches = (pattern: string, path: string): boolean =>
  new RoutePattern(pattern).matches(pathSegments(path));

describe('RoutePattern', () => {
  it.each([
    ['/', '/'],
    ['/product/:id', '/product/99'],
    ['/product/:id', '/Product/99/'],
    ['/:shop/product/:id', '/toys/product/7'],
    ['/docs/*page', '/docs/a'],
    ['/docs/*page', '/docs/a/b/c'],
    ['/files/*path/raw', '/files/a/b/raw'],
    ['/a.b-c_d', '/a.b-c_d'],
  ])('%s takes %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true);
  });

  it.each([
    ['/', '/a'],
    ['/product/:id', '/product'],
    ['/product/:id', '/product//'],
    ['/product/:id', '/product/1/2'],
    ['/product/:id', '/products/1'],
    ['/docs/*page', '/docs'],
    ['/files/*path/raw', '/files/raw'],
    ['/files/*path/raw', '/files/a/rare'],
  ])('%s does not take %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false);
  });

  it.each(['product/:id', '/:id?', '/{opt}', '/a(b)', '/user-:id', '/:', '/*', '/*a/*b', '/a+'])(
    'refuses %s',
    (pattern) => {
      expect(() => new RoutePattern(pattern)).toThrow(TypeError);
    },
  );

  it('takes every path made by filling in its parameters', () => {
    const segment = fc.stringMatching(/^[a-z0-9._~-]{1,8}$/);
    const part = fc.tuple(fc.boolean(), segment);
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const pattern = `/${parts.map(([isParameter, text]) => (isParameter ? ':p' : text)).join('/')}`;
        const path = `/${parts.map(([, text]) => text).join('/')}`;
        expect(matches(pattern, path)).toBe(true);
        expect(new RoutePattern(pattern).literals).toBe(parts.filter(([is]) => !is).length);
      }),
    );
  });
});
