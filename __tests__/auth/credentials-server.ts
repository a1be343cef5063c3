/**
 * A server to look into: it remembers credentials, refuses others, and tells at `/snapshot` where it
 * has written a snapshot of its heap.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeHeapSnapshot } from 'node:v8';
import { lazyAuth } from '../../lib/auth/lazy-auth';
import { bearerToken } from '../../lib/auth/bearer-token';
import { cookieToken } from '../../lib/auth/cookie-token';

const auth = lazyAuth({
  schemes: [bearerToken(), cookieToken('sid')],
  // Lets in what begins so, and keeps no piece of it.
  verify: (token) => (token.startsWith('good') ? { sub: 'remembered-user' } : undefined),
});
const guard = auth.requireAuth();

async function main(file: string): Promise<void> {
  const server = createServer((req, res) => {
    if (req.url === '/snapshot') {
      (globalThis as { gc?: () => void }).gc?.();
      res.end(JSON.stringify({ file: writeHeapSnapshot(file), stats: auth.stats }));
      return;
    }
    const sendName = async () => res.end(JSON.stringify(await auth.of(req).user()));
    if (req.url === '/sign-out') {
      void auth.of(req).revoke().then(sendName);
      return;
    }
    guard(req, res, (error) => {
      if (error === undefined) void sendName();
      else res.writeHead(500).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  console.log((server.address() as AddressInfo).port);
}

void main(process.argv[2] ?? '');
