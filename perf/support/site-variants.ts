import { createServer as createHttp1Server } from 'node:https';
import type { Server } from 'node:net';
import compression from 'compression';
import { createServer, dynamicCompression, headstart } from 'headstart';
import type { Middleware } from 'headstart';
import type { Site } from './sites';

export interface ServedSite {
  readonly site: Site;
  readonly thinkMs: number;
  readonly tls: { readonly key: string; readonly cert: string };
}

const asIs: Middleware = (_req, _res, next) => next();

/** `headstart()` learns from so few visitors that none of them may count as strangers. */
const learning = { serverPush: { minClients: 1 } } as const;

/** The ways in which a site is served. Add one here to see it beside the others. */
export const variants: Readonly<Record<string, (served: ServedSite) => Server>> = {
  /** What most Express apps do: HTTP/1.1 and `compression`. */
  'plain-http1': ({ site, thinkMs, tls }) =>
    createHttp1Server(tls, site.create({ compress: compressed(), thinkMs })),
  /** The same app over HTTP/2. */
  plain: ({ site, thinkMs, tls }) =>
    createServer(site.create({ compress: compressed(), thinkMs }), tls),
  /** `headstart()` in front of an app that compresses by itself. */
  'headstart+compression': ({ site, thinkMs, tls }) => {
    const first = headstart({ ...learning, dynamicCompression: false });
    return createServer(site.create({ first, compress: compressed(), thinkMs }), tls);
  },
  /** `dynamicCompression()` in the place of `compression`, and nothing else. */
  'dynamic-compression': ({ site, thinkMs, tls }) =>
    createServer(site.create({ compress: dynamicCompression(), thinkMs }), tls),
  /** Everything on. */
  headstart: ({ site, thinkMs, tls }) =>
    createServer(site.create({ first: headstart(learning), compress: asIs, thinkMs }), tls),
};

function compressed(): Middleware {
  return compression() as Middleware;
}
