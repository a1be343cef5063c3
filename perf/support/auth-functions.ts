import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Middleware } from 'headstart';
import { guards, ourAuth } from './auth-guards';
import { issueToken, makeKeys, signToken } from './auth-keys';
import type { Algorithm } from './auth-keys';
import { median } from './statistics';
import { printTable } from './table';

const algorithms: readonly Algorithm[] = ['ES256', 'RS256', 'HS256'];
const rounds = 7;
const users = 1000;

/** Prints what one call of each guard takes, without a server. */
export async function measureAuthFunctions(): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const algorithm of algorithms) {
    const { token, verifier } = await issueToken(algorithm);
    for (const [name, make] of Object.entries(guards)) {
      const calls = name === 'ours' ? 20_000 : 300;
      const nanos = await nanosOf(make(algorithm, verifier), [token], calls);
      rows.push([algorithm, name, Math.round(nanos)]);
    }
  }
  rows.push(['ES256', `ours, ${users} users in turn`, Math.round(await manyUsers())]);
  const { token, verifier } = await issueToken('ES256');
  const mounted = ourAuth('ES256', verifier);
  rows.push([
    'none',
    'ours, and nobody looks',
    Math.round(await nanosOf(mounted, [token], 20_000)),
  ]);
  const empty: Middleware = (_req, _res, next) => next();
  rows.push([
    'none',
    'a middleware that calls next',
    Math.round(await nanosOf(empty, [token], 20_000)),
  ]);
  printTable(['algorithm', 'function', 'ns per request'], rows);
}

async function manyUsers(): Promise<number> {
  const { key, verifier } = makeKeys('ES256');
  const names = Array.from({ length: users }, (_, index) => `user${index}`);
  const tokens = await Promise.all(names.map((name) => signToken('ES256', key, name)));
  return nanosOf(ourAuth('ES256', verifier).requireAuth(), tokens, 20_000);
}

/** Median over the rounds of the time from one call to its `next`, one after the other. */
async function nanosOf(
  middleware: Middleware,
  tokens: readonly string[],
  calls: number,
): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const requests = Array.from({ length: calls }, (_, index) =>
      request(tokens[index % tokens.length] ?? ''),
    );
    const start = process.hrtime.bigint();
    for (const req of requests) await run(middleware, req);
    const nanos = Number(process.hrtime.bigint() - start) / calls;
    // The first round warms up.
    if (round > 0) times.push(nanos);
  }
  return median(times);
}

function run(middleware: Middleware, req: IncomingMessage): Promise<void> | undefined {
  let isDone = false;
  let finish: (error?: unknown) => void = (error) => {
    if (error !== undefined) throw error as Error;
    isDone = true;
  };
  middleware(req, res, (error) => finish(error));
  if (isDone) return undefined;
  return new Promise((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve() : reject(error));
  });
}

const socket = new Socket();
/** Nobody touches it: every token is good. */
const res = new ServerResponse(new IncomingMessage(socket));

function request(token: string): IncomingMessage {
  const req = new IncomingMessage(socket);
  // A string of its own, as the parser of a connection makes one for each request.
  const field = Buffer.from(`Bearer ${token}`).toString('latin1');
  req.method = 'GET';
  req.url = '/me';
  req.headers.host = 'api.example';
  req.headers.authorization = field;
  req.rawHeaders = ['Host', 'api.example', 'Accept', '*/*', 'Authorization', field];
  return req;
}
