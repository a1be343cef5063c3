import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import express, { type Request, type Response } from 'express';
import { createServer } from '../../lib/server/create-server';

type Handler = (req: Request, res: Response) => void;

/** The DATA frames of one answer, as nghttp saw them: length, and whether it ended the stream. */
async function dataFrames(handler: Handler): Promise<string[]> {
  const server = createServer(express().use(handler), { tls: false }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const { stdout } = await promisify(execFile)('nghttp', ['-nv', `http://127.0.0.1:${port}/`]);
    const frames = stdout.matchAll(/recv.{0,12} DATA frame.* <length=(\d+), flags=0x0(\d)/g);
    return [...frames].map(([, length, flags]) => `${length}${flags === '1' ? ', last' : ''}`);
  } finally {
    await server.shutdown();
  }
}

describe('the last bytes end the stream', () => {
  it('of a response that is ended in one go', async () => {
    expect(await dataFrames((_req, res) => void res.end('12345'))).toEqual(['5, last']);
  });

  it('of a response that tells its length, though its headers left before', async () => {
    const handler: Handler = (_req, res) => {
      res.set('content-length', '5').writeHead(200);
      res.end('12345');
    };
    expect(await dataFrames(handler)).toEqual(['5, last']);
  });
});

it.each([
  ['its length and trailers', { 'content-length': '5', trailer: 'x-sum' }],
  ['no length', {}],
])('waits for trailers of a response that tells %s', async (_, headers) => {
  const handler: Handler = (_req, res) => {
    res.set(headers).writeHead(200);
    res.end('12345');
  };
  expect(await dataFrames(handler)).toEqual(['5', '0, last']);
});
