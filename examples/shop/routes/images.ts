import { Router, type Response } from 'express';
import { heroImage, imageViews, productImage } from '../images/product-image';
import type { Store } from '../store';

/** Pictures, drawn when asked for. */
export function imageRoutes(store: Store): Router {
  const router = Router();
  const hero = heroImage();

  router.get('/images/hero.svg', (_req, res) => sendSvg(res, hero));

  router.get('/images/product/:id/:view.svg', (req, res, next) => {
    const product = store.cached(Number(req.params.id));
    const view = imageViews.find((one) => one === req.params.view);
    if (product === undefined || view === undefined) next();
    else sendSvg(res, productImage(product, view));
  });

  return router;
}

function sendSvg(res: Response, image: string): void {
  res.set('Cache-Control', 'public, max-age=86400').type('svg').send(image);
}
