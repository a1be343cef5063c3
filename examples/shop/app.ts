import { dirname, join } from 'node:path';
import compression from 'compression';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Middleware } from 'headstart';
import { categories } from './catalogue';
import { accountRoutes } from './routes/account';
import { cartRoutes } from './routes/cart';
import { catalogueRoutes } from './routes/catalogue';
import { imageRoutes } from './routes/images';
import { pageRoutes } from './routes/pages';
import { Store } from './store';

export interface ShopOptions {
  /** Runs before everything else; `headstart()` goes here. Without it the shop is plain Express. */
  readonly first?: Middleware;
  /** How responses are compressed. @default compression() */
  readonly compress?: Middleware;
  /** Simulated round trip to a database, in milliseconds. @default 40 */
  readonly databaseMs?: number;
  /** Number of products that are made up. @default 2000 */
  readonly productCount?: number;
}

const theme = dirname(require.resolve('startbootstrap-sb-admin-2/package.json'));
const publicFiles = { maxAge: '1d', index: false } as const;
const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** The shop as an Express app; it does not listen by itself. */
export function createShop({
  first,
  compress = compression() as Middleware,
  databaseMs = 40,
  productCount = 2000,
}: ShopOptions = {}): Express {
  const app = express();
  const store = new Store({ databaseMs, productCount });
  app.set('view engine', 'ejs');
  app.set('views', join(__dirname, 'views'));
  app.set('view cache', true);
  app.disable('x-powered-by');
  Object.assign(app.locals, {
    categories,
    price: (cents: number) => euros.format(cents / 100),
    styles: [],
    scripts: [],
    description: 'Northlight: good things for a quiet home.',
  });

  if (first !== undefined) app.use(first);
  app.use(contentPolicy(), compress);
  app.use('/assets', express.static(theme, publicFiles));
  app.use('/static', express.static(join(__dirname, 'public'), publicFiles));
  app.use(imageRoutes(store));
  app.use((_req, res, next) => {
    // Every visitor gets the same page; what is personal sets its own, stricter field.
    res.set('Cache-Control', 'no-cache');
    next();
  });
  app.use(pageRoutes(store), catalogueRoutes(store), cartRoutes(store), accountRoutes(store));
  app.use(notFound, failed);
  return app;
}

/** Everything from this origin and nothing inline; `data:` is for the icons inside Bootstrap's CSS. */
function contentPolicy(): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'self'"], imgSrc: ["'self'", 'data:'] },
    },
    // A browser would remember it for every other program on localhost.
    strictTransportSecurity: false,
  });
}

function notFound(_req: Request, res: Response): void {
  res.status(404).render('message', {
    title: 'Not found',
    heading: 'Nothing on this shelf',
    text: 'The page you asked for is not here. It may have been sold out, or never have been.',
  });
}

function failed(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (res.headersSent) {
    next(error);
    return;
  }
  const { status = 500 } = error as { status?: number };
  if (status >= 500) console.error(error);
  res.status(status).render('message', {
    title: 'Something went wrong',
    heading: 'Something went wrong',
    text: 'It is us, not you. Please try again in a moment.',
  });
}
