import { Router } from 'express';
import type { Store } from '../store';

/** Home, about and help. */
export function pageRoutes(store: Store): Router {
  const router = Router();

  router.get('/', async (_req, res) => {
    const page = await store.frontPage();
    res.render('home', { title: 'Good things for a quiet home', ...page });
  });

  router.get('/about', async (_req, res) => {
    res.render('about', { title: 'About us', statistics: await store.statistics() });
  });

  router.get('/help', (_req, res) => {
    res.render('help', { title: 'Help' });
  });

  return router;
}
