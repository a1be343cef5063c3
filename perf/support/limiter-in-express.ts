import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express from 'express';
import type { RequestHandler } from 'express';
import { limiters } from './limiter-candidates';
import { median } from './statistics';
import { printTable } from './table';

const rounds = 1200;
const warmUps = 200;
/** Requests of one candidate in a round: few, so that none lives until the collector comes. */
const batch = 50;

/** Connections that stay open, each of a client of its own. */
const connections = Array.from({ length: 16 }, (_, index) =>
  Object.defineProperty(new Socket(), 'remoteAddress', { value: `127.0.0.${index}` }),
);

function request(index: number): { req: IncomingMessage; res: ServerResponse } {
  const req = new IncomingMessage(connections[index % connections.length] ?? new Socket());
  Object.assign(req, { method: 'GET', url: '/', httpVersionMajor: 1, httpVersionMinor: 1 });
  req.rawHeaders = ['Host', '127.0.0.1', 'User-Agent', 'h2load', 'Accept', '*/*'];
  return { req, res: new ServerResponse(req) };
}

function makeApp(limiter: RequestHandler | undefined): express.Application {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (limiter !== undefined) app.use(limiter);
  app.get('/', (_req, res) => void res.end('ok'));
  return app;
}

/**
 * Prints what a limiter adds to a request in Express, without sockets and load generators, whose
 * noise is larger. Candidates take turns; medians.
 */
export async function measureInExpress(): Promise<void> {
  const runners = Object.entries(limiters).map(([name, make]) => ({
    name,
    app: makeApp(make()),
    nanos: [] as number[],
  }));
  for (let round = 0; round < rounds + warmUps; round++) {
    for (const { app, nanos } of runners) {
      const spent = await timeOf(app);
      if (round >= warmUps) nanos.push(spent);
    }
  }
  const plain = median(runners[0]?.nanos ?? []);
  const quietPlain = quietest(runners[0]?.nanos ?? []);
  printTable(
    ['a request in Express 5, without sockets', 'ns', 'added', 'in the quietest tenth', 'added'],
    runners.map(({ name, nanos }) => [
      name,
      Math.round(median(nanos)),
      Math.round(median(nanos) - plain),
      Math.round(quietest(nanos)),
      Math.round(quietest(nanos) - quietPlain),
    ]),
  );
}

/** Of the tenth of the rounds that other work disturbed the least, the slowest. */
function quietest(nanos: readonly number[]): number {
  return nanos.toSorted((a, b) => a - b)[Math.floor(nanos.length / 10)] ?? NaN;
}

async function timeOf(app: express.Application): Promise<number> {
  const exchanges = Array.from({ length: batch }, (_, index) => request(index));
  await turn();
  const start = process.hrtime.bigint();
  for (const { req, res } of exchanges) app(req as express.Request, res as express.Response);
  // Rivals wait for promises.
  await turn();
  const nanos = Number(process.hrtime.bigint() - start) / batch;
  if (!exchanges.every(({ res }) => res.writableEnded)) throw new Error('not answered');
  return nanos;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
