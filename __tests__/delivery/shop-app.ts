import type { AddressInfo } from 'node:net';
import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server } from 'node:net';
import { extname } from 'node:path';
import express from 'express';
import { ServerPushManager } from '../../lib/delivery/server-push-manager';
import type { ServerPushOptions } from '../../lib/delivery/server-push-options';
import { overHttp2 } from '../../lib/server/over-http2';
import { linkTargets, Visitor } from './visitor';

/** Time the pages of the shop take, by the manager's clock. */
export const thinkMs = 50;

/** A shop whose manager has a clock and a dice of the test's own. */
export class Shop {
  readonly manager: ServerPushManager;
  readonly app = express();
  nowMs = 0;
  /** Above 1/16: every view is given what was learned. */
  dice = 0.5;
  /** `/a.css` is then private. */
  isRestricted = false;
  /** `/a.css` is then forbidden. */
  isRefusing = false;
  /** Content-Security-Policy of everything. */
  contentPolicy = '';
  readonly #servers: Server[] = [];
  readonly #visitors: Visitor[] = [];
  #origin = '';

  constructor(options?: ServerPushOptions) {
    this.manager = new ServerPushManager(options, {
      clock: () => this.nowMs,
      random: () => this.dice,
    });
    const { app } = this;
    app.disable('x-powered-by');
    app.use((req, res, next) => {
      this.manager.handle(req, res);
      if (this.contentPolicy !== '') res.set('content-security-policy', this.contentPolicy);
      next();
    });
    const page: express.RequestHandler = (req, res) => {
      setImmediate(() => {
        this.nowMs += thinkMs;
        res.send(`<title>${req.path}</title>`);
      });
    };
    app.get('/a.css', (_req, res, next) => {
      if (this.isRefusing) res.status(403).set('cache-control', 'no-store').end();
      else if (this.isRestricted) res.set('cache-control', 'private').type('css').send('mine');
      else next();
    });
    app.get(['/app.css', '/app.js', '/font.woff2', '/product.css', '/a.css', '/b.css'], file);
    app.get('/stale.css', (_req, res) => {
      res.set('cache-control', 'public, max-age=0').type('css').send('stale');
    });
    app.get('/bare.css', (_req, res) => {
      res.type('css').send('says nothing');
    });
    app.get('/private.css', (_req, res) => {
      res.set('cache-control', 'private').type('css').send('mine');
    });
    app.get('/session.css', (_req, res) => {
      res.cookie('sid', '1').type('css').send('cookie');
    });
    app.get('/logout', file);
    app.get('/product/:id', page);
    app.get('/missing.css', (_req, res) => {
      res.status(404).type('css').send('gone');
    });
    app.get('/account/:user', (req, res) => {
      res.set('cache-control', 'private').send(`<title>${req.params.user}</title>`);
    });
    const members = express.Router();
    members.get('/home', (_req, res) => {
      res.set('cache-control', 'private').send('<title>home</title>');
    });
    app.use('/members/:name', members);
    app.use('/club', members);
    app.get('/fast', (_req, res) => {
      setImmediate(() => res.send('<title>fast</title>'));
    });
    app.get('/busy', async (_req, res) => {
      await Promise.resolve();
      this.nowMs += thinkMs;
      res.send('<title>busy</title>');
    });
    app.get('/', page);
    app.get('/about', page);
  }

  static async open(options?: ServerPushOptions): Promise<Shop> {
    const shop = new Shop(options);
    shop.#origin = await shop.#start(createHttp2Server(overHttp2(shop.app)));
    return shop;
  }

  visitor(agent = 'Ann', takesPush = false): Visitor {
    const visitor = new Visitor(this.#origin, agent, takesPush);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Clients see the page and ask for the resources. */
  async teach(
    page: string,
    resources: readonly string[],
    clients: readonly string[] = ['1', '2', '3'],
  ): Promise<void> {
    for (const agent of clients) {
      const visitor = this.visitor(agent);
      await visitor.navigate(page);
      for (const path of resources) await visitor.load(path, 'style', page);
    }
  }

  /** What a visitor nobody knows is hinted. */
  async hintsFor(page: string): Promise<string[]> {
    const reply = await this.visitor(`new at ${page}`).navigate(page);
    return reply.early.flatMap(linkTargets);
  }

  async listenHttp1(): Promise<string> {
    return this.#start(createHttp1Server(overHttp2(this.app)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#visitors.map((visitor) => visitor.close()));
    await Promise.all(
      this.#servers.map((server) => new Promise((resolve) => server.close(resolve))),
    );
  }

  async #start(server: Server): Promise<string> {
    this.#servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

const file: express.RequestHandler = (req, res) => {
  res.set('cache-control', 'public, max-age=60');
  res.type(extname(req.path) || 'css').send(`content of ${req.path}`);
};
