import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
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
