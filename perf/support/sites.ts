import type { Express } from 'express';
import type { Middleware } from 'headstart';
import { createShop } from '../../examples/shop/app';
import { adminLte, installAdminLte } from './admin-lte';

export interface SiteOptions {
  /** Runs before everything else. */
  readonly first?: Middleware | undefined;
  readonly compress: Middleware;
  /** How long a page takes to make. */
  readonly thinkMs: number;
}

/** A multi-page site that is served in several ways. */
export interface Site {
  /** The pages that are looked at. */
  readonly paths: readonly string[];
  /** What it needs that is not here. */
  prepare(): void;
  create(options: SiteOptions): Express;
}

export const sites: Readonly<Record<string, Site>> = {
  shop: {
    paths: ['/', '/product/42', '/catalogue'],
    prepare: () => {},
    create: ({ first, compress, thinkMs }) =>
      createShop({ ...(first && { first }), compress, databaseMs: thinkMs }),
  },
  'admin-lte': {
    paths: ['/index.html', '/pages/widgets.html', '/pages/tables/data.html'],
    prepare: installAdminLte,
    create: adminLte,
  },
};
