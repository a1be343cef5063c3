import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import type { PooledBuffer } from '../../lib/buffers/pooled-buffer';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { stalledClient } from './stalled-client';
import { nextOf } from './turns';

/** Writes until Node and the kernel take no more. */
async function fill(res: ServerResponse): Promise<void> {
  const piece = 'a'.repeat(1000);
  for (let turn = 0; turn < 50; turn++) {
    for (let i = 0; i < 200; i++) res.write(piece);
    await nextOf('immediate');
  }
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe('a stream that is reset while the socket is full', () => {
  it('sends what was on its way as it was, not what came into its memory later', async () => {
    const pool = new ZeroCopyBufferPool({ poison: true });
    const middleware = zeroCopy({ pool });
    const server = createServer();
    const filled = new Promise<ServerResponse>((resolve) => {
      server.on('request', (req, res) => {
        const response = res as unknown as ServerResponse;
        middleware(req as never, response, () => {
          void fill(response).then(() => resolve(response));
        });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { session, socket, received } = stalledClient((server.address() as AddressInfo).port);
    closers.push(
      () => session.destroy(),
      () => socket.destroy(),
      () => server.close(),
    );
    await once(session, 'remoteSettings');
    const stream = session.request({ ':path': '/' });
    stream.on('error', () => undefined);
    await once(stream, 'response');
    socket.pause();
    const res = await filled;
    expect(pool.stats.lent).toBeGreaterThan(0);

    // Only the server can do this here: Node 20 and 24 read nothing while a write is pending.
    const closed = once(res, 'close');
    res.destroy();
    await closed;
    await nextOf('immediate');
    await nextOf('immediate');
    const { lent, discarded } = pool.stats;
    const others: PooledBuffer[] = [];
    for (let bytes = 4096; pool.stats.freeBytes > 0;) {
      const { misses } = pool.stats;
      const other = pool.acquire(bytes);
      if (pool.stats.misses > misses) bytes *= 2;
      other.bytes.fill('another user');
      others.push(other);
    }

    const answered = new Promise((resolve) => session.ping(resolve));
    socket.resume();
    await answered;
    const bytes = received();
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(bytes.includes(Buffer.alloc(16, 0xdb))).toBe(false);
    expect(bytes.includes('another user')).toBe(false);
    expect(lent).toBe(0);
    expect(discarded).toBeGreaterThan(0);
    for (const other of others) other.release();
    expect(pool.stats.lent).toBe(0);
  });
});
