import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const theme = dirname(require.resolve('startbootstrap-sb-admin-2/package.json'));

/** Where the files of the mix lie. */
export const staticRoot = theme;

const pages = ['index.html', 'tables.html', 'login.html', 'buttons.html'].map((name) =>
  readFileSync(join(theme, name), 'utf8'),
);

const products = Array.from({ length: 60 }, (_, id) => ({
  id,
  name: `Product number ${id}`,
  priceCents: 731 * id,
  tags: ['black', 'loose', 'tea'],
  stock: (id * 37) % 91,
  description: `A fine thing of its kind, number ${id * 13}`,
  url: `/product/${id}`,
}));

/** A page as no other visitor gets it, so that nobody can have compressed it before. */
export function makePage(index: number): string {
  const token = randomBytes(16).toString('hex');
  const page = pages[index % pages.length] ?? '';
  return page.replace('</body>', `<input type="hidden" value="${token}"></body>`);
}

export function makeList(): object {
  return { token: randomBytes(16).toString('hex'), products };
}

export function makeItem(): object {
  return { token: randomBytes(16).toString('hex'), products: products.slice(0, 8) };
}

/**
 * What one visitor asks for: pages, data and files, some of which the browser still has. A page view
 * of sb-admin-2 has seven files; a visit has about four views.
 */
export const pageMix: readonly string[] = [
  '/page/0',
  '/api/list',
  '/css/sb-admin-2.min.css',
  '/page/1',
  '/api/item',
  '/vendor/jquery/jquery.min.js',
  '/page/2',
  '/api/list',
  '/js/sb-admin-2.min.js',
  '/page/3',
  '/api/item',
  '/vendor/bootstrap/js/bootstrap.bundle.min.js',
];
