import type { RequestListener } from 'node:http';
import type { Readable } from 'node:stream';
import type { DualListener } from '../../lib/server/over-http2';
import type { Transport } from '../support/transports';
import { nextOf } from './turns';

export interface Received {
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
  /** False when either side broke the response off. */
  readonly isComplete: boolean;
}

export interface AskOptions {
  readonly method?: string;
  /** Breaks off once this many bytes of the body have come. */
  readonly abortAfterBytes?: number;
}

/** A real server on a real socket, with a client that may leave in the middle. */
export interface Served {
  readonly ask: (path: string, options?: AskOptions) => Promise<Received>;
  /** Resolves when every response so far has closed and Node has said what it had to say of it. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function serve(transport: Transport, handler: RequestListener): Promise<Served> {
  const closes: Promise<unknown>[] = [];
  const listener: RequestListener = (req, res) => {
    closes.push(new Promise((resolve) => res.once('close', resolve)));
    handler(req, res);
  };
  const server = await transport.serve(listener as unknown as DualListener);
  return {
    ask: async (path, { method = 'GET', abortAfterBytes } = {}) => {
      const exchange = server.open({ path, method });
      // From the start: a stream that is reset at once closes before whoever awaits its head goes on.
      const closed = new Promise((resolve) => exchange.upload.once('close', resolve));
      try {
        const { headers, body } = await exchange.head;
        const isClosed = (body as unknown) === exchange.upload ? closed : closeOf(body);
        return { headers, ...(await collect(body, isClosed, abortAfterBytes, exchange.abort)) };
      } catch {
        return { headers: {}, body: Buffer.alloc(0), isComplete: false };
      }
    },
    settled: async () => {
      await Promise.all(closes);
      await nextOf('immediate');
    },
    close: () => server.close(),
  };
}

function closeOf(stream: Readable): Promise<unknown> {
  return new Promise((resolve) => stream.once('close', resolve));
}

/** The bytes that came until the body closed. */
async function collect(
  stream: Readable,
  closed: Promise<unknown>,
  abortAfterBytes: number | undefined,
  abort: () => void,
): Promise<{ body: Buffer; isComplete: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let hasEnded = false;
  stream.on('error', () => undefined);
  stream.on('end', () => (hasEnded = true));
  if (abortAfterBytes === 0) abort();
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (abortAfterBytes !== undefined && bytes >= abortAfterBytes) abort();
  });
  await closed;
  const isComplete = hasEnded && (stream as { rstCode?: number }).rstCode !== 8;
  return { body: Buffer.concat(chunks), isComplete };
}
