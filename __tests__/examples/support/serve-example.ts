import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type App } from 'headstart';
import { testCertificate } from '../../support/certificate';
import { http1Client, http2Client, type TestClient } from '../../support/test-client';

/** An example on a port of its own on loopback, and a client of either protocol for it. */
export interface RunningExample {
  readonly origin: string;
  readonly http2: TestClient;
  readonly http1: TestClient;
  close(): Promise<void>;
}

/** Serves the app of an example as its `server.ts` would, with a certificate tests trust. */
export async function serveExample(app: App): Promise<RunningExample> {
  const { key, cert } = await testCertificate();
  const server = createServer(app, { key, cert });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `https://localhost:${port}`;
  const http2 = http2Client(origin, cert);
  const http1 = http1Client(origin, cert);
  const close = async (): Promise<void> => {
    http2.close();
    await server.shutdown({ graceMs: 0 });
  };
  return { origin, http2, http1, close };
}
