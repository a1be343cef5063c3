import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Middleware } from '../../lib/util/middleware';

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export interface Running {
  readonly server: Http2Server;
  readonly client: ClientHttp2Session;
  close(): Promise<void>;
}

/** A cleartext HTTP/2 server with one middleware in front of one handler, and a client of it. */
export async function serve(
  middleware: Middleware,
  handler: Handler,
  windowBytes = 8_000_000,
): Promise<Running> {
  const server = createServer({ maxSessionMemory: 1000 }, (request, response) => {
    const req = request as unknown as IncomingMessage;
    const res = response as unknown as ServerResponse;
    middleware(req, res, () => handler(req, res));
  });
  const sessionClosed = new Promise<void>((resolve) => {
    server.once('session', (session) => session.once('close', resolve));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`, {
    settings: { initialWindowSize: windowBytes },
  });
  await once(client, 'connect');
  client.setLocalWindowSize(64_000_000);
  const close = async () => {
    client.destroy();
    await sessionClosed;
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  return { server, client, close };
}

/** Reads a response to its end. */
export async function get(
  client: ClientHttp2Session,
  path: string,
  headers: OutgoingHttpHeaders = {},
): Promise<Buffer> {
  const stream = client.request({ ':path': path, ...headers });
  return body(stream);
}

export async function body(stream: ClientHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
