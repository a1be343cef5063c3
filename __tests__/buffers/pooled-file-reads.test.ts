import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { transports } from '../support/transports';
import { expectBalanced } from './balanced';
import { serve } from './served';

const folder = mkdtempSync(join(tmpdir(), 'headstart-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(transports)('a file that is piped into a response over $name', (transport) => {
  it.each([
    { kib: 64, isPooled: false },
    { kib: 65, isPooled: true },
  ])('of $kib KiB is read into pooled memory: $isPooled', async ({ kib, isPooled }) => {
    const bytes = Buffer.alloc(kib * 1024, 'a file ');
    const path = join(folder, String(kib));
    writeFileSync(path, bytes);
    const pool = new ZeroCopyBufferPool({ poison: true });
    const middleware = zeroCopy({ pool });
    const served = await serve(transport, (req: IncomingMessage, res: ServerResponse) => {
      middleware(req, res, () => {
        createReadStream(path, { start: 0, end: bytes.length - 1 }).pipe(res);
      });
    });
    expect((await served.ask('/')).body.equals(bytes)).toBe(true);
    await served.settled();
    await served.close();
    expect(pool.stats.misses > 0).toBe(isPooled);
    expectBalanced(pool);
  });
});

describe('many downloads that wait for their clients', () => {
  it('have little memory lent, and deliver every byte', async () => {
    const bytes = Buffer.alloc(1024 * 1024, 'a download ');
    const path = join(folder, 'download');
    writeFileSync(path, bytes);
    const pool = new ZeroCopyBufferPool({ poison: true });
    let mostBytes = 0;
    const acquire = pool.acquire.bind(pool);
    jest.spyOn(pool, 'acquire').mockImplementation((size) => {
      const lent = acquire(size);
      mostBytes = Math.max(mostBytes, pool.stats.lentBytes);
      return lent;
    });
    const middleware = zeroCopy({ pool });
    const server = await transports[1]!.serve(((req: IncomingMessage, res: ServerResponse) => {
      middleware(req, res, () => {
        createReadStream(path, { start: 0, end: bytes.length - 1 }).pipe(res);
      });
    }) as never);
    const downloads = Array.from({ length: 100 }, () => server.open({}));
    const bodies: Readable[] = [];
    for (const { head } of downloads) {
      const { body } = await head;
      await once(body, 'readable');
      bodies.push(body);
    }
    for (const body of bodies) {
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    }
    await server.close();
    // 1 MiB at full size, then a frame each: 64 KiB each would be more than 6 MiB.
    expect(mostBytes).toBeGreaterThan(1024 * 1024);
    expect(mostBytes).toBeLessThan(3 * 1024 * 1024);
    expectBalanced(pool);
  });
});
