import type { ServerResponse } from 'node:http';

const caches = ['"prefetchCache"', '"prerenderCache"'] as const;

/**
 * Makes the browser drop every page of this site that it has fetched or rendered ahead. Call it
 * where something changes that other pages show: a login, a logout, a full cart.
 *
 * @example app.post('/logout', (req, res) => { clearSpeculations(res); res.redirect(303, '/'); });
 */
export function clearSpeculations(res: ServerResponse): void {
  const before = String(res.getHeader('clear-site-data') ?? '');
  const missing = before === '"*"' ? [] : caches.filter((one) => !before.includes(one));
  if (missing.length === 0) return;
  res.setHeader('Clear-Site-Data', [before, ...missing].filter((one) => one !== '').join(', '));
}
