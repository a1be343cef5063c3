import { setTimeout as wait } from 'node:timers/promises';
import { generateCatalogue, type Catalogue, type Product, type Review } from './catalogue';

export interface StoreOptions {
  /** Simulated round trip to a database, in milliseconds; every query waits for one. */
  readonly databaseMs: number;
  /** Number of products that are made up. */
  readonly productCount: number;
}

/** A product as lists show it. */
export interface Listed extends Product {
  /** Mean of its reviews, from 1 to 5; 0 without reviews. */
  readonly stars: number;
  readonly reviewCount: number;
}

export const sortings = ['popular', 'new', 'cheap', 'dear'] as const;
export type Sorting = (typeof sortings)[number];

export interface Search {
  readonly category?: string;
  readonly text?: string;
  readonly sorting: Sorting;
  /** From 1. */
  readonly page: number;
}

export interface SearchResult {
  readonly items: readonly Listed[];
  readonly total: number;
  readonly page: number;
  readonly pageCount: number;
}

export interface ProductDetail {
  readonly product: Listed;
  readonly reviews: readonly Review[];
  readonly boughtTogether: readonly Listed[];
}

const pageSize = 24;

const order: Readonly<Record<Sorting, (a: Listed, b: Listed) => number>> = {
  popular: (a, b) => b.stars * Math.log(b.reviewCount + 1) - a.stars * Math.log(a.reviewCount + 1),
  new: (a, b) => a.ageDays - b.ageDays,
  cheap: (a, b) => a.priceCents - b.priceCents,
  dear: (a, b) => b.priceCents - a.priceCents,
};

/**
 * The shop's database, in memory. Queries really scan, join and sort; the way to the database
 * and back is simulated by waiting `databaseMs`.
 */
export class Store {
  readonly #databaseMs: number;
  readonly #catalogue: Catalogue;

  constructor({ databaseMs, productCount }: StoreOptions) {
    this.#databaseMs = databaseMs;
    this.#catalogue = generateCatalogue(productCount);
  }

  /** The best liked products and the newest ones. */
  frontPage(): Promise<{ popular: readonly Listed[]; fresh: readonly Listed[] }> {
    return this.#query(() => {
      const listed = this.#listed(this.#catalogue.products);
      return {
        popular: listed.toSorted(order.popular).slice(0, 8),
        fresh: listed.toSorted(order.new).slice(0, 4),
      };
    });
  }

  search({ category, text, sorting, page }: Search): Promise<SearchResult> {
    return this.#query(() => {
      const needles = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      const found = this.#listed(
        this.#catalogue.products.filter(
          (one) =>
            (category === undefined || one.category === category) &&
            needles.every((needle) => textOf(one).includes(needle)),
        ),
      ).sort(order[sorting]);
      const pageCount = Math.max(1, Math.ceil(found.length / pageSize));
      const current = Math.min(page, pageCount);
      const items = found.slice((current - 1) * pageSize, current * pageSize);
      return { items, total: found.length, page: current, pageCount };
    });
  }

  /** One product with its reviews and what others bought with it. */
  product(id: number): Promise<ProductDetail | undefined> {
    return this.#query(() => {
      const [product] = this.#byIds([id]);
      if (product === undefined) return undefined;
      const reviews = this.#catalogue.reviews.filter((one) => one.productId === id).slice(0, 6);
      return { product, reviews, boughtTogether: this.#boughtTogether(id) };
    });
  }

  byIds(ids: readonly number[]): Promise<readonly Listed[]> {
    return this.#query(() => this.#byIds(ids));
  }

  statistics(): Promise<{ products: number; reviews: number; orders: number }> {
    return this.#query(() => ({
      products: this.#catalogue.products.length,
      reviews: this.#catalogue.reviews.length,
      orders: this.#catalogue.orders.length,
    }));
  }

  /** A product without the way to the database: pictures are drawn from memory. */
  cached(id: number): Product | undefined {
    return this.#catalogue.products[id - 1];
  }

  async #query<T>(work: () => T): Promise<T> {
    if (this.#databaseMs > 0) await wait(this.#databaseMs);
    return work();
  }

  #byIds(ids: readonly number[]): Listed[] {
    const products = ids.map((id) => this.cached(id)).filter((one) => one !== undefined);
    return this.#listed(products);
  }

  #boughtTogether(id: number): Listed[] {
    const counts = new Map<number, number>();
    for (const { productIds } of this.#catalogue.orders) {
      if (!productIds.includes(id)) continue;
      for (const other of productIds) counts.set(other, (counts.get(other) ?? 0) + 1);
    }
    counts.delete(id);
    const best = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 4);
    return this.#byIds(best.map(([other]) => other));
  }

  /** Joins products with the mean of their reviews. */
  #listed(products: readonly Product[]): Listed[] {
    const sums = new Map(products.map((one) => [one.id, { stars: 0, count: 0 }]));
    for (const { productId, stars } of this.#catalogue.reviews) {
      const sum = sums.get(productId);
      if (sum === undefined) continue;
      sum.stars += stars;
      sum.count++;
    }
    return products.map((one) => {
      const { stars = 0, count = 0 } = sums.get(one.id) ?? {};
      return { ...one, stars: count === 0 ? 0 : stars / count, reviewCount: count };
    });
  }
}

function textOf({ name, category, material, colour }: Product): string {
  return `${name} ${category} ${material} ${colour}`.toLowerCase();
}
