import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Benchmark from 'benchmark';
import express from 'express';
import { overHttp2 } from 'headstart';
import { printTable } from './table';

interface Messages {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** An HTTP/1.1 request and response without a connection, with the prototypes that Express gives. */
function messages(isBridged: boolean): Messages {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  if (isBridged) {
    const app = express();
    overHttp2(app);
    Object.setPrototypeOf(req, app.request);
    Object.setPrototypeOf(res, app.response);
  } else {
    Object.setPrototypeOf(req, Object.create(IncomingMessage.prototype));
    Object.setPrototypeOf(res, Object.create(ServerResponse.prototype));
  }
  res.setHeader('x-name', 'value');
  req.url = '/';
  return { req, res };
}

const uses: Record<string, (messages: Messages) => unknown> = {
  'res.setHeader()': ({ res }) => res.setHeader('x-name', 'value'),
  'res.getHeader()': ({ res }) => res.getHeader('x-name'),
  'res.statusCode = 200': ({ res }) => (res.statusCode = 200),
  'req.headers': ({ req }) => req.headers,
  'req.url': ({ req }) => req.url,
};

/** Prints what HTTP/1.1 requests pay for the prototype that answers for two protocols. */
export function measureDispatch(): void {
  const rows = Object.entries(uses).map(([name, use]) => {
    const [plain, bridged] = [nanosOf(use, messages(false)), nanosOf(use, messages(true))];
    return [name, Number(plain.toFixed(1)), Number(bridged.toFixed(1))];
  });
  printTable(['over HTTP/1.1', 'plain ns', 'bridged ns'], rows);
}

function nanosOf(use: (messages: Messages) => unknown, made: Messages): number {
  let used: unknown;
  // Calls are counted in packs: reading the clock costs more than one of them.
  const pack = 100;
  const bench = new Benchmark(
    () => {
      for (let i = 0; i < pack; i++) used = use(made);
    },
    { maxTime: 0.5 },
  );
  bench.run();
  if (bench.error !== undefined) throw bench.error;
  if (used === undefined) throw new Error('nothing was measured');
  return (bench.stats.mean * 1e9) / pack;
}
