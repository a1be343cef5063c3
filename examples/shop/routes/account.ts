import { Router, urlencoded } from 'express';
import { clearSpeculations } from 'headstart';
import { readCookie } from '../cart';
import { between, seededRandom } from '../random';
import type { Listed, Store } from '../store';

interface PastOrder {
  readonly product: Listed;
  readonly month: string;
  readonly state: string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const styles = ['/static/css/account.css'];
const states = ['Delivered', 'Delivered', 'Delivered', 'Returned'];

/** A pretended login and the page behind it: every name is let in, no password is asked. */
export function accountRoutes(store: Store): Router {
  const router = Router();

  router.use(['/account', '/login', '/logout'], (_req, res, next) => {
    res.set('Cache-Control', 'private, no-store');
    next();
  });

  router.get('/login', (_req, res) => {
    res.render('login', { styles, title: 'Log in' });
  });

  router.post('/login', urlencoded({ extended: false, limit: '4kb' }), (req, res) => {
    const { name } = (req.body ?? {}) as { name?: unknown };
    const customer = typeof name === 'string' && name.trim() !== '' ? name.trim() : 'Guest';
    // Pages fetched ahead are those of a stranger.
    clearSpeculations(res);
    res.cookie('customer', customer.slice(0, 40), { path: '/', sameSite: 'lax', httpOnly: true });
    res.redirect(303, '/account');
  });

  router.post('/logout', (_req, res) => {
    clearSpeculations(res);
    res.clearCookie('customer', { path: '/' }).redirect(303, '/');
  });

  router.get('/account', async (req, res) => {
    const customer = readCookie(req, 'customer');
    if (customer === '') {
      res.redirect(303, '/login');
      return;
    }
    const orders = await ordersOf(store, customer);
    res.render('account', {
      styles,
      scripts: ['/assets/vendor/chart.js/Chart.min.js', '/static/js/account.js'],
      title: 'Your account',
      customer,
      orders,
      months,
      spent: months.map((month) => spentIn(month, orders)),
    });
  });

  return router;
}

/** Orders made up from the customer's name: the same name finds the same ones again. */
async function ordersOf(store: Store, customer: string): Promise<PastOrder[]> {
  const seed = Buffer.from(customer).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
  const random = seededRandom(seed);
  const ids = Array.from({ length: 14 }, () => between(random, 1, 200));
  const products = await store.byIds(ids);
  return products.map((product) => ({
    product,
    month: months[between(random, 0, 11)] ?? 'Jan',
    state: states[between(random, 0, 3)] ?? 'Delivered',
  }));
}

function spentIn(month: string, orders: readonly PastOrder[]): number {
  return orders
    .filter((one) => one.month === month)
    .reduce((sum, one) => sum + one.product.priceCents / 100, 0);
}
