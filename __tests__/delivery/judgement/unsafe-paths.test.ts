import { isUnsafePath } from '../../../lib/delivery/judgement/unsafe-paths';

describe('isUnsafePath', () => {
  it.each([
    '/logout',
    '/LogOut',
    '/user/log-out',
    '/sign_off.php',
    '/cart/42/delete',
    '/delete-account',
    '/logout/?next=/',
    '/%6cogout',
    '/cart/add',
    '/unsubscribe?id=1',
    '/oauth/callback',
  ])('is true of %s', (path) => {
    expect(isUnsafePath(path)).toBe(true);
  });

  it.each([
    '/',
    '/products/42',
    '/css/reset.css',
    '/checkout.js',
    '/blog/log-in-faster',
    '/payments',
    '/%zz',
    '/?next=/logout',
  ])('is false of %s', (path) => {
    expect(isUnsafePath(path)).toBe(false);
  });

  it('knows what the application adds: paths with everything below, and patterns', () => {
    const extra = ['/admin', /export$/g];
    const asked = ['/admin', '/admin/users', '/admin?x', '/administration', '/a/export'];
    expect(asked.filter((path) => isUnsafePath(path, extra))).toEqual([
      '/admin',
      '/admin/users',
      '/admin?x',
      '/a/export',
    ]);
    expect(isUnsafePath('/a/export', extra)).toBe(true);
  });
});
