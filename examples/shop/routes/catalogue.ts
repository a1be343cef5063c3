import { Router, type Request } from 'express';
import { categories } from '../catalogue';
import { imageViews } from '../images/product-image';
import { sortings, type Search, type Store } from '../store';

const lists = { styles: ['/static/css/lists.css'], scripts: ['/static/js/lists.js'] } as const;

/** The whole catalogue, its categories, the search and the pages of single products. */
export function catalogueRoutes(store: Store): Router {
  const router = Router();

  router.get('/catalogue', async (req, res) => {
    const search = searchOf(req);
    const result = await store.search(search);
    res.render('catalogue', { ...lists, title: 'Everything', search, result, current: undefined });
  });

  router.get('/category/:slug', async (req, res, next) => {
    const current = categories.find((one) => one.slug === req.params.slug);
    if (current === undefined) {
      next();
      return;
    }
    const search = { ...searchOf(req), category: current.slug };
    const result = await store.search(search);
    res.render('catalogue', { ...lists, title: current.title, search, result, current });
  });

  router.get('/search', async (req, res) => {
    const search = { ...searchOf(req), text: textOf(req.query.q).slice(0, 80) };
    const result = await store.search(search);
    res.render('search', { ...lists, title: 'Search', search, result });
  });

  router.get('/product/:id', async (req, res, next) => {
    const detail = await store.product(Number(req.params.id));
    if (detail === undefined) {
      next();
      return;
    }
    res.render('product', {
      styles: ['/static/css/product.css'],
      scripts: ['/static/js/gallery.js'],
      title: detail.product.name,
      category: categories.find((one) => one.slug === detail.product.category),
      imageViews,
      ...detail,
    });
  });

  return router;
}

function searchOf({ query }: Request): Search {
  const page = Math.trunc(Number(textOf(query.page)));
  return {
    sorting: sortings.find((one) => one === query.sort) ?? 'popular',
    page: page >= 1 ? page : 1,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
