import { Router, urlencoded, type Request } from 'express';
import { readCart, writeCart, type Cart } from '../cart';
import type { Listed, Store } from '../store';

interface CartLine {
  readonly product: Listed;
  readonly quantity: number;
}

const styles = ['/static/css/cart.css'];
const deliveryCents = 490;

/** The cart and the way to the till. Nothing here may be kept by a cache. */
export function cartRoutes(store: Store): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '4kb' });

  router.use(['/cart', '/checkout'], (_req, res, next) => {
    res.set('Cache-Control', 'private, no-store');
    next();
  });

  router.get('/cart', async (req, res) => {
    const lines = await linesOf(store, readCart(req));
    res.render('cart', { styles, title: 'Your cart', lines, ...totals(lines) });
  });

  router.post('/cart', form, (req, res) => {
    const cart = new Map(readCart(req));
    const { id, quantity, change } = fieldsOf(req);
    if (store.cached(id) !== undefined) {
      cart.set(id, change === 'add' ? (cart.get(id) ?? 0) + quantity : quantity);
    }
    writeCart(res, cart);
    res.redirect(303, '/cart');
  });

  router.get('/checkout', async (req, res) => {
    const lines = await linesOf(store, readCart(req));
    if (lines.length === 0) res.redirect(303, '/cart');
    else {
      const scripts = ['/static/js/checkout.js'];
      res.render('checkout', { styles, scripts, title: 'Checkout', lines, ...totals(lines) });
    }
  });

  router.post('/checkout', form, (_req, res) => {
    writeCart(res, new Map());
    res.redirect(303, '/checkout/thanks');
  });

  router.get('/checkout/thanks', (_req, res) => {
    res.render('message', {
      title: 'Thank you',
      heading: 'Thank you',
      text: 'Your order is on its way to nowhere: this shop is an example. Nothing was bought.',
    });
  });

  return router;
}

async function linesOf(store: Store, cart: Cart): Promise<CartLine[]> {
  const products = await store.byIds([...cart.keys()]);
  return products.map((product) => ({ product, quantity: cart.get(product.id) ?? 1 }));
}

function totals(lines: readonly CartLine[]): { goodsCents: number; deliveryCents: number } {
  const goodsCents = lines.reduce((sum, line) => sum + line.product.priceCents * line.quantity, 0);
  return { goodsCents, deliveryCents: goodsCents >= 7500 || goodsCents === 0 ? 0 : deliveryCents };
}

function fieldsOf(req: Request): { id: number; quantity: number; change: string } {
  const body = (req.body ?? {}) as Record<string, unknown>;
  const quantity = Math.trunc(Number(body.quantity ?? 1));
  return {
    id: Number(body.id),
    quantity: quantity >= 0 ? quantity : 1,
    change: body.change === 'set' ? 'set' : 'add',
  };
}
