import type { Request, Response } from 'express';

/** Product ids and how many of each. */
export type Cart = ReadonlyMap<number, number>;

const cookieName = 'cart';
const maxLines = 30;
const maxQuantity = 20;

/** Reads the cart from its cookie, `12x1.55x2`; whatever is not a cart line is passed over. */
export function readCart(req: Request): Cart {
  const cart = new Map<number, number>();
  for (const line of readCookie(req, cookieName).split('.').slice(0, maxLines)) {
    const match = /^(\d{1,6})x(\d{1,2})$/.exec(line);
    if (match !== null) cart.set(Number(match[1]), Math.min(Number(match[2]), maxQuantity));
  }
  return cart;
}

/** Writes the cart to its cookie. Scripts may read it: the number in the page header comes from it. */
export function writeCart(res: Response, cart: Cart): void {
  const lines = [...cart].filter(([, quantity]) => quantity > 0).slice(0, maxLines);
  if (lines.length === 0) res.clearCookie(cookieName, { path: '/' });
  else {
    const value = lines.map(([id, n]) => `${id}x${Math.min(n, maxQuantity)}`).join('.');
    res.cookie(cookieName, value, { path: '/', sameSite: 'lax', maxAge: 30 * 24 * 3600 * 1000 });
  }
}

/** The value of one cookie of a request, `''` without it. */
export function readCookie(req: Request, name: string): string {
  for (const part of (req.headers.cookie ?? '').split(/;\s*/)) {
    if (part.startsWith(`${name}=`)) return safeDecode(part.slice(name.length + 1));
  }
  return '';
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
