import { createServer as createHttp1Server } from 'node:http';
import {
  createSecureServer,
  createServer as createHttp2Server,
  Http2ServerRequest,
  Http2ServerResponse,
} from 'node:http2';
import type { Server } from 'node:net';
import express from 'express';
import type { Application, RequestHandler } from 'express';
import { createServer, overHttp2 } from 'headstart';
import { generate } from 'selfsigned';
import { serveMeasured } from './measured-server';

type Express = typeof express;
const express4 = require('express4') as Express;

const product = { id: 'tea-042', name: 'Assam', price: 12.5, tags: ['black', 'loose'] };

/** The same routes and the same answer everywhere. ETag and X-Powered-By are off: Node has none. */
function fill<T extends Application>(app: T): T {
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_req, _res, next) => next());
  app.get('/', (_req, res) => void res.send('start'));
  app.get('/product/:id', (_req, res) => void res.json(product));
  return app;
}

/** What middleware does: it leaves properties of its own on what passes. */
const leaveMarks: RequestHandler = (req, res, next) => {
  Object.assign(req, { id: 'r1', user: undefined });
  Object.assign(res, { startedAt: 0 });
  next();
};

/** As little as Node's HTTP/2 API and Express's router can do for the same answer. */
function bareServer(): Server {
  const router = express.Router();
  router.use((_req, _res, next) => next());
  router.get('/', (_req, res) => void res.end('start'));
  router.get('/product/:id', (_req, res) => {
    const body = JSON.stringify(product);
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    res.setHeader('Content-Length', Buffer.byteLength(body));
    res.end(body);
  });
  const notFound = (res: Http2ServerResponse) => () => {
    res.statusCode = 404;
    res.end();
  };
  return createHttp2Server((req: Http2ServerRequest, res) =>
    router(req as never, res as never, notFound(res)),
  );
}

/** Express with Node's HTTP/2 prototypes in the place of HTTP/1.1's: fast, and of no other use. */
function http2OnlyServer(copy: Express): Server {
  Object.setPrototypeOf(copy.request, Http2ServerRequest.prototype);
  Object.setPrototypeOf(copy.response, Http2ServerResponse.prototype);
  return createHttp2Server(fill(copy()) as never);
}

/** Loading http2-express-bridge changes Express 4 for everybody, so only its own process does. */
function bridgedApp(): Application {
  const bridge = require('http2-express-bridge') as (copy: Express) => Application;
  return bridge(express4);
}

async function certificate(): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  });
  return { key, cert };
}

async function secureServer(listener: object): Promise<Server> {
  return createSecureServer({ ...(await certificate()), allowHTTP1: true }, listener as never);
}

async function ownServer(app: Application): Promise<Server> {
  return createServer(app, await certificate());
}

const servers: Record<string, () => Server | Promise<Server>> = {
  bare: bareServer,
  'http2-only-5': () => http2OnlyServer(express),
  'http2-only-4': () => http2OnlyServer(express4),
  'create-server-5': () => createServer(fill(express()), { tls: false }),
  'ours-5': () => createHttp2Server(overHttp2(fill(express()))),
  'ours-4': () => createHttp2Server(overHttp2(fill(express4()))),
  'ours-5-http1': () => createHttp1Server(overHttp2(fill(express()))),
  'plain-5-http1': () => createHttp1Server(fill(express())),
  'ours-4-tls': () => secureServer(overHttp2(fill(express4()))),
  'create-server-4-tls': () => ownServer(fill(express4())),
  'bridge-4-tls': () => secureServer(fill(bridgedApp())),
  'create-server-4-tls-marked': () => ownServer(fill(express4().use(leaveMarks))),
  'bridge-4-tls-marked': () => secureServer(fill(bridgedApp().use(leaveMarks))),
};

async function main(name = ''): Promise<void> {
  const make = servers[name];
  if (make === undefined) throw new Error(`no server ${name}`);
  serveMeasured(await make());
}

void main(process.argv[2]);
