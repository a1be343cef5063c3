import { once } from 'node:events';
import { createServer as createHttp1Server } from 'node:http';
import { createSecureServer, createServer as createH2cServer } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { MessageClasses } from '../../lib/server/message-classes';
import type { DualListener } from '../../lib/server/over-http2';
import { testCertificate } from './certificate';
import { http1Client, http2Client } from './test-client';
import type { TestClient } from './test-client';

/** A server on a port of its own on loopback, and a client for it. */
export interface TestServer extends TestClient {
  readonly server: Server;
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A way to talk to the same app. */
export interface Transport {
  /** As it stands in test titles and in the docs. */
  readonly name: string;
  readonly httpVersion: '1.1' | '2.0';
  readonly isSecure: boolean;

  /** @param classes What requests and responses over TLS are made of, as by `createServer`; or else Node's. */
  serve(listener: DualListener, classes?: MessageClasses): Promise<TestServer>;
}

export const transports: readonly Transport[] = [
  {
    name: 'HTTP/2 over TLS',
    httpVersion: '2.0',
    isSecure: true,
    serve: (listener, classes) => serveOverTls(listener, http2Client, classes),
  },
  {
    name: 'h2c',
    httpVersion: '2.0',
    isSecure: false,
    serve: (listener) => listen(createH2cServer(listener), 'http', http2Client),
  },
  {
    name: 'HTTP/1.1 on the TLS port',
    httpVersion: '1.1',
    isSecure: true,
    serve: (listener, classes) => serveOverTls(listener, http1Client, classes),
  },
  {
    name: 'HTTP/1.1',
    httpVersion: '1.1',
    isSecure: false,
    serve: (listener) => listen(createHttp1Server(listener), 'http', http1Client),
  },
];

type MakeClient = typeof http1Client;

async function serveOverTls(
  listener: DualListener,
  makeClient: MakeClient,
  classes?: MessageClasses,
): Promise<TestServer> {
  const { key, cert } = await testCertificate();
  const server = createSecureServer(
    { key, cert, allowHTTP1: true, ...(classes as object) },
    listener,
  );
  return listen(server, 'https', makeClient, cert);
}

/** Starts a server and connects a client to it; `close()` cuts every connection. */
export async function listen(
  server: Server,
  scheme: 'http' | 'https',
  makeClient: MakeClient,
  ca?: string,
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `${scheme}://localhost:${port}`;
  const client = makeClient(origin, ca);
  const close = async (): Promise<void> => {
    client.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { ...client, server, origin, port, close };
}
