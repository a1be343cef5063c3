import { createServer as createHttp1Server } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server } from 'node:net';
import express from 'express';
import { overHttp2 } from 'headstart';
import type { Middleware } from 'headstart';
import { guards, ourAuth } from './auth-guards';
import type { AuthenticatedRequest } from './auth-guards';
import type { Algorithm } from './auth-keys';
import { serveMeasured } from './measured-server';

/** Answers with a name that no guard invented; all names have three letters. */
function greet(res: ServerResponse, name: string): void {
  const body = `Hello ${name}`;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(body);
}

/** Who it is, by whichever guard. */
async function nameOf(req: AuthenticatedRequest): Promise<string> {
  const { auth } = req;
  if (auth?.user !== undefined) return (await auth.user())?.sub ?? '';
  return auth?.sub ?? auth?.payload?.sub ?? '';
}

const greetUser: Middleware = (req, res, next) => {
  nameOf(req).then((name) => greet(res, name), next);
};
const greetAnyone: Middleware = (_req, res) => greet(res, 'you');

/** The middleware of a route: `none` and `mounted` are public, the others need a token. */
function chainOf(guard: string, algorithm: Algorithm, verifier: string): readonly Middleware[] {
  if (guard === 'none') return [(_req, _res, next) => next(), greetAnyone];
  if (guard === 'mounted') return [ourAuth(algorithm, verifier), greetAnyone];
  const make = guards[guard];
  if (make === undefined) throw new Error(`no guard ${guard}`);
  return [make(algorithm, verifier), greetUser];
}

/** Calls one after the other, as routers do; nothing else. */
function bare(chain: readonly Middleware[]): Middleware {
  return function bareListener(req, res) {
    const step = (index: number): void =>
      chain[index]?.(req, res, (error) => {
        if (error === undefined) return step(index + 1);
        res.statusCode = 500;
        res.end();
      });
    step(0);
  };
}

function inExpress(chain: readonly Middleware[]): express.Application {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  for (const one of chain.slice(0, -1)) app.use(one);
  app.get('/me', ...chain.slice(-1));
  return app;
}

function serve(protocol: string, frame: string, chain: readonly Middleware[]): Server {
  if (frame === 'node') {
    const listener = bare(chain) as never;
    return protocol === 'h1' ? createHttp1Server(listener) : createHttp2Server(listener);
  }
  const app = inExpress(chain);
  return protocol === 'h1' ? createHttp1Server(app) : createHttp2Server(overHttp2(app));
}

const [protocol = '', frame = '', guard = '', algorithm = '', verifier = ''] =
  process.argv.slice(2);
serveMeasured(serve(protocol, frame, chainOf(guard, algorithm as Algorithm, verifier)));
