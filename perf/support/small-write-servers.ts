import { createServer } from 'node:http2';
import type { Server } from 'node:net';
import express from 'express';
import type { Application, Response } from 'express';
import { overHttp2, zeroCopy } from 'headstart';
import { serveMeasured } from './measured-server';

type Answer = (res: Response, writes: number, chunk: Buffer) => void;

const writeAll: Answer = (res, writes, chunk) => {
  for (let i = 0; i < writes; i++) res.write(chunk);
  res.end();
};

const writeCorked: Answer = (res, writes, chunk) => {
  res.cork();
  writeAll(res, writes, chunk);
  res.uncork();
};

const writeOnce: Answer = (res, writes, chunk) => {
  res.end(Buffer.alloc(writes * chunk.length, chunk));
};

/** Answers `/<writes>/<bytes of each>`. */
function serve(answer: Answer, prepare: (app: Application) => void = () => {}): Server {
  const app = express();
  app.disable('x-powered-by');
  prepare(app);
  app.get('/:writes/:bytes', (req, res) => {
    answer(res, Number(req.params.writes), Buffer.alloc(Number(req.params.bytes), 'x'));
  });
  return createServer(overHttp2(app));
}

const servers: Record<string, () => Server> = {
  'zero-copy': () => serve(writeAll, (app) => app.use(zeroCopy())),
  plain: () => serve(writeAll),
  corked: () => serve(writeCorked),
  whole: () => serve(writeOnce),
};

const make = servers[process.argv[2] ?? ''];
if (make === undefined) throw new Error(`no server ${process.argv[2]}`);
serveMeasured(make());
