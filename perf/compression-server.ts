import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import fastifyCompress from '@fastify/compress';
import compression from 'compression';
import express from 'express';
import fastify from 'fastify';
import { dynamicCompression } from 'headstart';
import type { Middleware } from 'headstart';
import { serveMeasured } from './support/measured-server';
import { makeItem, makeList, makePage, pageMix, staticRoot } from './support/page-mix';

function expressServer(first: Middleware | undefined): Server {
  const app = express();
  app.disable('x-powered-by');
  if (first !== undefined) app.use(first);
  app.get('/page/:index', (req, res) => void res.send(makePage(Number(req.params.index))));
  app.get('/api/list', (_req, res) => void res.json(makeList()));
  app.get('/api/item', (_req, res) => void res.json(makeItem()));
  app.use(express.static(staticRoot, { maxAge: '1d' }));
  return createServer(app);
}

/** The same answers; files are read as `express.static` reads them. */
async function fastifyServer(): Promise<Server> {
  const app = fastify();
  await app.register(fastifyCompress, { threshold: 1024 });
  app.get<{ Params: { index: string } }>('/page/:index', (req, reply) =>
    reply.type('text/html; charset=utf-8').send(makePage(Number(req.params.index))),
  );
  app.get('/api/list', () => makeList());
  app.get('/api/item', () => makeItem());
  for (const path of pageMix.filter((one) => /\.(?:css|js)$/.test(one))) {
    const type = path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript';
    app.get(path, (_req, reply) => reply.type(type).send(createReadStream(staticRoot + path)));
  }
  await app.ready();
  return app.server;
}

const servers: Readonly<Record<string, () => Server | Promise<Server>>> = {
  none: () => expressServer(undefined),
  compression: () => expressServer(compression() as Middleware),
  ours: () => expressServer(dynamicCompression()),
  'ours, not adaptive': () => expressServer(dynamicCompression({ adaptive: false })),
  fastify: fastifyServer,
};

async function main(name = ''): Promise<void> {
  const make = servers[name];
  if (make === undefined) throw new Error(`no server ${name}`);
  serveMeasured(await make());
}

void main(process.argv[2]);
