import { runInThisContext } from 'node:vm';
import { static as files, type Request, type Response } from 'express';
import { createServer } from '../../lib/server/create-server';
import { overHttp2 } from '../../lib/server/over-http2';
import { type Express, expressVersions } from '../support/express-versions';
import { http2Client } from '../support/test-client';
import { listen, transports } from '../support/transports';

/**
 * A program: prints, for each Express, whether requests and responses are of one hidden class when
 * they reach a handler, still after a file was sent, and once middleware has added to them. Needs a process of its own: V8 remembers so
 * many changes of prototype and no more, and every test file makes some.
 */
const haveSameClass = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (
  a: object,
  b: object,
) => boolean;

type Pair = readonly [Request, Response];

async function pairs(make: Express): Promise<[Pair[], Pair[]]> {
  const handled: Pair[] = [];
  const sent: Pair[] = [];
  const app = make();
  app.use((req, res, next) => {
    res.on('close', () => sent.push([req, res]));
    next();
  });
  app.get('/page/:id', (req, res) => {
    handled.push([req, res]);
    res.end();
  });
  app.use(files(__dirname));
  const server = await transports[1]?.serve(overHttp2(app));
  for (let i = 0; i < 10; i++) await server?.request(`/page/${i}`);
  sent.length = 0;
  for (let i = 0; i < 10; i++) await server?.request('/hidden-classes.ts');
  await server?.close();
  return [handled, sent];
}

/** After middleware has given them properties of its own, on a server of ours. */
async function equipped(make: Express): Promise<Pair[]> {
  const found: Pair[] = [];
  const app = make();
  app.use((req, res, next) => {
    Object.assign(req, { user: 'Ann' });
    Object.assign(res, { flushed: 0 });
    next();
  });
  app.use((req, res) => {
    found.push([req, res]);
    res.end();
  });
  const server = await listen(createServer(app, { tls: false }), 'http', http2Client);
  for (let i = 0; i < 10; i++) await server.request('/');
  await server.close();
  return found;
}

async function main(): Promise<void> {
  const found: boolean[][] = [];
  for (const [, make] of expressVersions) {
    found.push(
      [...(await pairs(make)), await equipped(make)].map((all) => {
        const [one, other] = all.slice(-2);
        return (
          all.length === 10 &&
          one !== undefined &&
          other !== undefined &&
          haveSameClass(one[0], other[0]) &&
          haveSameClass(one[1], other[1])
        );
      }),
    );
  }
  console.log(JSON.stringify(found));
}

void main();
