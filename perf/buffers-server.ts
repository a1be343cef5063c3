import { createServer as createHttp1Server } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import type { Server } from 'node:net';
import { createReadStream, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { Application, Response } from 'express';
import { overHttp2, zeroCopy } from 'headstart';
import { generate } from 'selfsigned';
import { jsonOf, kilobyte, line, pagePieces, staticBytes } from './buffers-bodies';
import { serveMeasured } from './support/measured-server';

/** How the app writes a body that comes in pieces. */
type Gather = (res: Response, write: () => void) => void;

const asItComes: Gather = (res, write) => {
  write();
  res.end();
};

const corked: Gather = (res, write) => {
  res.cork();
  write();
  res.uncork();
  res.end();
};

/** The app of every candidate: one kind of response per route. */
function fill(app: Application, gather: Gather): Application {
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/lines', (_req, res) => {
    gather(res, () => {
      for (let i = 0; i < 1000; i++) res.write(line);
    });
  });
  app.get('/kilobytes', (_req, res) => {
    gather(res, () => {
      for (let i = 0; i < 200; i++) res.write(kilobyte);
    });
  });
  app.get('/page', (_req, res) => {
    res.type('html');
    gather(res, () => {
      for (const piece of pagePieces) res.write(piece);
    });
  });
  app.get('/json/:kib', (req, res) => void res.json(jsonOf(Number(req.params.kib))));
  app.use('/static', express.static(staticFolder()));
  return app;
}

/** What nobody can beat: the bytes of each route are there, whole, before it is asked for. */
function fillWhole(app: Application): Application {
  app.disable('x-powered-by');
  app.disable('etag');
  const bodies: Record<string, Buffer> = {
    '/lines': Buffer.from(line.repeat(1000)),
    '/kilobytes': Buffer.from(kilobyte.repeat(200)),
    '/page': Buffer.from(pagePieces.join('')),
    '/static/50.css': Buffer.from(staticBytes(50)),
    '/static/1024.bin': Buffer.from(staticBytes(1024)),
  };
  for (const kib of [1, 2, 10, 100]) {
    bodies[`/json/${kib}`] = Buffer.from(JSON.stringify(jsonOf(kib)));
  }
  for (const [path, body] of Object.entries(bodies))
    app.get(path, (_req, res) => void res.end(body));
  return app;
}

function staticFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-perf-'));
  writeFileSync(join(folder, '50.css'), staticBytes(50));
  writeFileSync(join(folder, '1024.bin'), staticBytes(1024));
  return folder;
}

function fastifyServer(): Promise<Server> {
  const { fastify } = require('fastify') as { fastify: (options: object) => never };
  interface Fastify {
    get(path: string, handler: (req: { params: { kib: string } }, reply: Reply) => void): void;
    ready(): Promise<void>;
    readonly server: Server;
  }
  interface Reply {
    readonly raw: Response;
    hijack(): void;
    type(name: string): this;
    send(body: unknown): void;
  }
  const app: Fastify = fastify({ http2: true });
  const pieces = (path: string, type: string | undefined, write: (res: Response) => void) => {
    app.get(path, (_req, reply) => {
      reply.hijack();
      if (type !== undefined) reply.raw.setHeader('content-type', type);
      write(reply.raw);
      reply.raw.end();
    });
  };
  pieces('/lines', undefined, (res) => {
    for (let i = 0; i < 1000; i++) res.write(line);
  });
  pieces('/kilobytes', undefined, (res) => {
    for (let i = 0; i < 200; i++) res.write(kilobyte);
  });
  pieces('/page', 'text/html; charset=utf-8', (res) => {
    for (const piece of pagePieces) res.write(piece);
  });
  app.get('/json/:kib', (req, reply) => {
    reply.send(jsonOf(Number(req.params.kib)));
  });
  const folder = staticFolder();
  app.get('/static/50.css', (_req, reply) => {
    reply.type('text/css').send(createReadStream(join(folder, '50.css')));
  });
  return app.ready().then(() => app.server);
}

const secure = async (app: Application): Promise<Server> => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  });
  return createSecureServer({ key, cert, allowHTTP1: true }, overHttp2(app));
};
const cleartext = (app: Application): Server => createHttp2Server(overHttp2(app));
const http1 = (app: Application): Server => createHttp1Server(app);

const plain = () => fill(express(), asItComes);
const gathered = () => fill(express().use(zeroCopy()), asItComes);

/** What a middleware costs that does nothing. */
const layered = () =>
  fill(
    express().use((_req, _res, next) => next()),
    asItComes,
  );

const servers: Record<string, () => Server | Promise<Server>> = {
  'plain h2c': () => cleartext(plain()),
  'zeroCopy h2c': () => cleartext(gathered()),
  'idle layer h2c': () => cleartext(layered()),
  'corked h2c': () => cleartext(fill(express(), corked)),
  'whole h2c': () => cleartext(fillWhole(express())),
  'fastify h2c': fastifyServer,
  'plain tls': () => secure(plain()),
  'zeroCopy tls': () => secure(gathered()),
  'corked tls': () => secure(fill(express(), corked)),
  'whole tls': () => secure(fillWhole(express())),
  'plain http1': () => http1(plain()),
  'zeroCopy http1': () => http1(gathered()),
};

async function main(name = ''): Promise<void> {
  const make = servers[name];
  if (make === undefined) throw new Error(`no server ${name}`);
  serveMeasured(await make());
}

void main(process.argv[2]);
