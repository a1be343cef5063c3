import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import { createServer as createHttp1Server } from 'node:https';
import Module from 'node:module';
import type { Server, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import compression from 'compression';
import { createServer, headstart, push } from 'headstart';
import type { Middleware, PushResource, ServerPushOptions } from 'headstart';
import type { Site, SiteOptions } from './support/sites';
import { type Step, wayAhead } from './support/way-ahead';

interface Served {
  readonly site: string;
  readonly thinkMs: number;
  readonly tls: { readonly key: string; readonly cert: string };
  /** What the oracle hints on every page, as paths. */
  readonly hints: readonly string[];
}

/** The way of the visitor to come; told to those whose hand knows it. */
let steps: Step[] = [];

/** All requests of one visitor come on one connection, and from one address in the lab. */
const visitors = new WeakMap<object, string>();
let visitorCount = 0;

function visitorOf(req: { readonly socket: object; readonly stream?: unknown }): string {
  const stream = req.stream as { session?: ServerHttp2Session } | undefined;
  const key = stream?.session ?? req.socket;
  let name = visitors.get(key);
  if (name === undefined) visitors.set(key, (name = `visitor ${visitorCount++}`));
  return name;
}

const clientId: ServerPushOptions['clientId'] = (req) => visitorOf(req);

function create({ site, thinkMs }: Served, first?: Middleware): ReturnType<Site['create']> {
  // Read only now: another Express may have been put in its place.
  const { sites } = require('./support/sites') as {
    readonly sites: Readonly<Record<string, Site>>;
  };
  const options: SiteOptions = { first, compress: compression() as Middleware, thinkMs };
  const found = sites[site];
  if (found === undefined) throw new Error(`no site ${site}`);
  return found.create(options);
}

/** Express 4 wrapped by http2-express-bridge, for whoever requires Express. */
function replaceExpress(): void {
  const express4 = require('express4') as object;
  const bridge = require('http2-express-bridge') as (express: object) => unknown;
  const bridged = Object.assign(() => bridge(express4), express4);
  const loader = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown };
  const load = loader._load;
  loader._load = function loadBridged(name, ...rest) {
    return name === 'express' ? bridged : load.call(this, name, ...rest);
  };
}

function learning(served: Served, options: ServerPushOptions = {}): Server {
  const first = headstart({ serverPush: { clientId, ...options }, multiplexing: {}, zeroCopy: {} });
  return createServer(create(served, first), served.tls);
}

/** Everything but what is learned, and what a hand wrote. */
function byHand(served: Served, ahead?: 'prefetch' | 'prerender'): Server {
  const parts = headstart({ serverPush: false });
  const hint = push(...served.hints.map(asHint));
  const way = ahead && wayAhead(ahead, () => steps);
  const first: Middleware = (req, res, next) =>
    parts(req, res, () => hint(req, res, () => (way ? way(req, res, next) : next())));
  return createServer(create(served, first), served.tls);
}

function asHint(url: string): PushResource {
  return url.endsWith('.css') ? { url } : { url, as: 'image', fetchPriority: 'high' };
}

const variants: Readonly<Record<string, (served: Served) => Server>> = {
  http1: (served) => createHttp1Server(served.tls, create(served)),
  plain: (served) => {
    replaceExpress();
    return createSecureServer({ ...served.tls, allowHTTP1: true }, create(served) as never);
  },
  /** As plain, on our bridge: what `createServer` alone does. */
  'ours-bare': (served) => createServer(create(served), served.tls),
  oracle: (served) => byHand(served),
  'oracle-prefetch': (served) => byHand(served, 'prefetch'),
  'oracle-prerender': (served) => byHand(served, 'prerender'),
  hints: (served) => learning(served, { speculation: 'off' }),
  prefetch: (served) => learning(served),
  prerender: (served) => learning(served, { speculation: 'prerender' }),
};

/** `delivery-server.ts SITE VARIANT PORT THINK_MS CERT KEY HINTS`; told a way, tells the bytes it sent so far. */
function serve([
  site = '',
  name = '',
  port,
  thinkMs,
  cert = '',
  key = '',
  hints = '',
]: string[]): void {
  const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  const listed = hints === '' ? [] : hints.split(',');
  const server = variants[name]?.({ site, thinkMs: Number(thinkMs), tls, hints: listed });
  if (server === undefined) throw new Error(`no variant ${name}`);
  const open = new Set<Socket>();
  let closedBytes = 0;
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      closedBytes += socket.bytesWritten;
    });
  });
  createInterface({ input: process.stdin }).on('line', (line) => {
    steps = JSON.parse(line) as Step[];
    const bytes = [...open].reduce((sum, one) => sum + one.bytesWritten, closedBytes);
    process.stdout.write(`${bytes}\n`);
  });
  server.listen(Number(port));
}

serve(process.argv.slice(2));
