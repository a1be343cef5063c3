import express from 'express';
import type { Application, RequestHandler } from 'express';
import type { IncomingMessage } from 'node:http';
import type { ResponseCacheOptions } from '../../lib/cache/cache-options';
import { SharedCache } from '../../lib/cache/shared-cache';
import { overHttp2 } from '../../lib/server/over-http2';
import { Journal } from '../support/journal';
import type { Exchange, Reply, Sent } from '../support/test-client';
import { transports, type TestServer, type Transport } from '../support/transports';
import { FakeRuntime } from './fake-runtime';

export interface SiteInit {
  /** Adds routes; they come after the cache. */
  readonly routes: (app: Application, site: CachedSite) => void;
  /** Middleware that comes before the cache. */
  readonly before?: readonly RequestHandler[];
  readonly options?: ResponseCacheOptions;
  readonly transport?: Transport;
  readonly copy?: typeof express;
}

export const h2c = transports.find(({ name }) => name === 'h2c') as Transport;

/** An Express app behind a cache, a real server, and a client. */
export class CachedSite {
  readonly runtime = new FakeRuntime();
  readonly app: Application;
  readonly cache: SharedCache;
  /** What the app was asked for, in order: method and URL. */
  readonly asked: string[] = [];
  readonly journal = new Journal();
  readonly #server: TestServer;

  static async open(init: SiteInit): Promise<CachedSite> {
    const { copy = express, transport = h2c, before = [] } = init;
    const app = copy();
    let site: CachedSite | undefined;
    const server = await transport.serve(overHttp2(app));
    site = new CachedSite(app, server, init.options);
    for (const one of before) app.use(one);
    app.use((req, res, next) => site?.cache.handle(req, res, next));
    app.use((req: IncomingMessage & { originalUrl?: string }, _res, next) => {
      const entry = `${req.method} ${req.originalUrl}`;
      site?.asked.push(entry);
      site?.journal.note(entry);
      next();
    });
    init.routes(app, site);
    return site;
  }

  private constructor(
    app: Application,
    server: TestServer,
    options: ResponseCacheOptions | undefined,
  ) {
    this.app = app;
    this.#server = server;
    this.cache = new SharedCache(options, this.runtime);
  }

  get port(): number {
    return this.#server.port;
  }

  get host(): string {
    return new URL(this.#server.origin).host;
  }

  ask(sent: Sent | string): Promise<Reply> {
    return this.#server.request(sent);
  }

  /** A request whose response the test reads itself. */
  open(sent: Sent): Exchange {
    return this.#server.open(sent);
  }

  async close(): Promise<void> {
    await this.#server.close();
    this.cache.clear();
  }
}

/** What the cache said it did. */
export function statusOf({ headers }: Pick<Reply, 'headers'>): string {
  return String(headers['cache-status']);
}
