import { pageKind } from '../../lib/prediction/page-kind';

describe('the kind of a page whose route is not known', () => {
  it.each([
    ['/', '/'],
    ['/about', '/*'],
    ['/product/17', '/product/*'],
    ['/product/18/', '/product/*/'],
    ['/shop/17/photos', '/shop/#/*'],
    ['/blog/a.html', '/blog/*.html'],
    ['/search?q=shoes', '/*?'],
  ])('of %s is %s', (url, kind) => {
    expect(pageKind(url)).toBe(kind);
  });
});
