import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import express from 'express';
import type { Application, RequestHandler, Response } from 'express';
import { overHttp2, responseCache } from 'headstart';
import { serveMeasured } from './measured-server';

/** What `cache hit` sends besides what Node sends anyway. */
function describe(res: Response): void {
  res.setHeader('content-type', 'text/html; charset=utf-8');
  res.setHeader('cache-control', 'public, max-age=3600');
  res.setHeader('etag', '"one"');
}

/** One route: a body of as many bytes as the path says, made before it is asked for. */
function appWith(middleware: RequestHandler | undefined, isDescribed: boolean): Application {
  const bodies = new Map<string, Buffer>();
  const app = express();
  app.disable('x-powered-by');
  if (middleware !== undefined) app.use(middleware);
  app.get('/:bytes', (req, res) => {
    const { bytes } = req.params;
    const body = bodies.get(bytes) ?? Buffer.alloc(Number(bytes), 'x');
    bodies.set(bytes, body);
    if (isDescribed) describe(res);
    res.end(body);
  });
  return app;
}

function apicache(): RequestHandler {
  const { middleware } = require('apicache') as {
    middleware: (duration: string) => RequestHandler;
  };
  return middleware('1 hour');
}

const apps: Record<string, () => Application> = {
  bare: () => appWith(undefined, false),
  described: () => appWith(undefined, true),
  cache: () => appWith(responseCache() as RequestHandler, true),
  'cache-quiet': () => appWith(responseCache({ cacheStatus: false }) as RequestHandler, true),
  apicache: () => appWith(apicache(), true),
};

function main(name = '', protocol = ''): void {
  const make = apps[name];
  if (make === undefined) throw new Error(`no server ${name}`);
  const listener = overHttp2(make());
  serveMeasured(protocol === 'http1' ? createHttp1Server(listener) : createHttp2Server(listener));
}

main(process.argv[2], process.argv[3]);
