import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SharedBuffer } from '../../lib/buffers/shared-buffer';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { ZeroCopyResponseBuilder } from '../../lib/buffers/zero-copy-response-builder';
import { transports } from '../support/transports';
import { expectBalanced } from './balanced';
import { serve, type Served } from './served';

const kib = 1024;
const released = expect.objectContaining({ code: 'ERR_BUFFER_RELEASED' });

const folder = mkdtempSync(join(tmpdir(), 'headstart-builder-'));
const largeFile = join(folder, 'large');
const emptyFile = join(folder, 'empty');
const largeContent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251));
writeFileSync(largeFile, largeContent);
writeFileSync(emptyFile, '');
afterAll(() => rmSync(folder, { recursive: true }));

let pool: ZeroCopyBufferPool;
let served: Served | undefined;
beforeEach(() => {
  pool = new ZeroCopyBufferPool({ poison: true });
});
afterEach(async () => {
  await served?.settled();
  await served?.close();
  served = undefined;
  expectBalanced(pool);
});

/** Pooled bytes that several responses may share. */
function sharedInPool(text: string): SharedBuffer {
  const pooled = pool.acquire(Buffer.byteLength(text));
  const length = pooled.bytes.write(text);
  return SharedBuffer.from(pooled.bytes.subarray(0, length), (isReusable) =>
    isReusable ? pooled.release() : pooled.discard(),
  );
}

describe.each(transports)('ZeroCopyResponseBuilder over $name', (transport) => {
  const start = async (handler: RequestListener) => (served = await serve(transport, handler));

  it('sends strings, buffers and shared buffers in order, with their length', async () => {
    const large = Buffer.alloc(40 * kib, 'l');
    const shared = sharedInPool('shared ü');
    const sent: Promise<void>[] = [];
    const { ask } = await start((_req, res) => {
      const builder = new ZeroCopyResponseBuilder(pool)
        .append('<ü🙂>')
        .append('')
        .append('Z3Lh', 'base64')
        .append(shared)
        .append(large)
        .append('x'.repeat(70 * kib))
        .append(Buffer.from('end'));
      expect(builder.byteLength).toBe(8 + 3 + 9 + 40 * kib + 70 * kib + 3);
      sent.push(builder.send(res));
    });
    const { body, headers } = await ask('/');
    await Promise.all(sent);
    expect(headers['content-length']).toBe(String(body.length));
    const text = body.toString('latin1');
    expect(text.slice(0, 20)).toBe(
      Buffer.concat([
        Buffer.from('<ü🙂>'),
        Buffer.from('Z3Lh', 'base64'),
        Buffer.from('shared ü'),
      ]).toString('latin1'),
    );
    expect(text.slice(20)).toBe(`${'l'.repeat(40 * kib)}${'x'.repeat(70 * kib)}end`);
    expect(shared.references).toBe(1);
    shared.release();
    expect(pool.stats.discarded).toBe(0);
  });

  it('sends files, and ranges of files, between other pieces', async () => {
    const shared = sharedInPool('shared');
    const { ask } = await start((_req, res) => {
      const builder = new ZeroCopyResponseBuilder(pool)
        .append('<')
        .appendFile(largeFile)
        .append(shared)
        .appendFile(largeFile, { start: 100_000, end: 100_009 })
        .appendFile(emptyFile)
        .append('>');
      void builder.send(res);
    });
    const { body, headers } = await ask('/');
    expect(headers['content-length']).toBe(String(body.length));
    const whole = Buffer.concat([
      Buffer.from('<'),
      largeContent,
      Buffer.from('shared'),
      largeContent.subarray(100_000, 100_010),
      Buffer.from('>'),
    ]);
    expect(body.equals(whole)).toBe(true);
    shared.release();
  });

  it('sends a file alone, an empty one too', async () => {
    const { ask } = await start((req, res) => {
      const path = req.url === '/empty' ? emptyFile : largeFile;
      void new ZeroCopyResponseBuilder(pool).appendFile(path).send(res);
    });
    expect((await ask('/large')).body.equals(largeContent)).toBe(true);
    const { headers, isComplete } = await ask('/empty');
    expect([headers['content-length'], isComplete]).toEqual(['0', true]);
  });

  it('sends the length of files for HEAD, and reads nothing', async () => {
    const { ask } = await start((_req, res) => {
      void new ZeroCopyResponseBuilder(pool).append('12').appendFile(largeFile).send(res);
    });
    const { headers } = await ask('/', { method: 'HEAD' });
    expect(headers['content-length']).toBe(String(largeContent.length + 2));
    expect(pool.stats.misses).toBe(1);
  });

  it('leaves the answer to the caller when a file is missing', async () => {
    const { ask } = await start((_req, res) => {
      const builder = new ZeroCopyResponseBuilder(pool).append('page').appendFile(`${largeFile}-`);
      builder.send(res).catch(({ code }: NodeJS.ErrnoException) => {
        res.statusCode = 404;
        res.end(code);
      });
    });
    const { headers, body } = await ask('/');
    expect(headers['content-length']).not.toBe('4');
    expect(body.toString()).toBe('ENOENT');
  });

  it('cuts the response off when a file got shorter after it was opened', async () => {
    const shrinking = join(folder, `shrinking-${transport.name.replaceAll('/', '')}`);
    const errors: unknown[] = [];
    const { ask } = await start((_req, res) => {
      writeFileSync(shrinking, largeContent);
      const sent = new ZeroCopyResponseBuilder(pool).appendFile(shrinking).send(res);
      sent.catch((error: Error) => errors.push(error.message));
      res.once('drain', () => truncateSync(shrinking, 10));
    });
    const { isComplete } = await ask('/');
    expect(isComplete).toBe(false);
    await served?.settled();
    expect(errors).toEqual([expect.stringContaining('ended before the length it had')]);
  });

  it('refuses a range that is none', () => {
    const builder = new ZeroCopyResponseBuilder(pool);
    expect(() => builder.appendFile(largeFile, { start: -1 })).toThrow(
      new RangeError('start must be an integer of at least 0, got -1'),
    );
    builder.release();
  });

  it('gathers many small pieces in few buffers', async () => {
    const { ask } = await start((_req, res) => {
      const builder = new ZeroCopyResponseBuilder(pool);
      for (let i = 0; i < 1000; i++) builder.append('0123456789abcdef');
      void builder.send(res);
    });
    expect((await ask('/')).body.toString()).toBe('0123456789abcdef'.repeat(1000));
    expect(pool.stats.misses).toBe(1);
  });

  it('sends one shared body to many at the same time', async () => {
    const text = 'shared '.repeat(8000);
    const shared = sharedInPool(text);
    const sent: Promise<void>[] = [];
    const { ask } = await start((req, res) => {
      sent.push(new ZeroCopyResponseBuilder(pool).append(`${req.url} `).append(shared).send(res));
    });
    const bodies = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`/${i}`)));
    for (const [i, { body }] of bodies.entries()) expect(body.toString()).toBe(`/${i} ${text}`);
    await Promise.all(sent);
    expect(shared.references).toBe(1);
    shared.release();
    expect(pool.stats.discarded).toBe(0);
  });

  it('sends headers alone for HEAD, with the length that GET would have', async () => {
    const sent: Promise<void>[] = [];
    const { ask } = await start((_req, res) => {
      sent.push(new ZeroCopyResponseBuilder(pool).append('body').send(res));
    });
    const { body, headers } = await ask('/', { method: 'HEAD' });
    await Promise.all(sent);
    expect(body.length).toBe(0);
    expect(headers['content-length']).toBe('4');
  });

  it.each([204, 304])('sends no body with status %i', async (status) => {
    const { ask } = await start((_req, res) => {
      res.statusCode = status;
      void new ZeroCopyResponseBuilder(pool).append('body').send(res);
    });
    const { body, headers } = await ask('/');
    expect(body.length).toBe(0);
    expect(headers['content-length']).toBeUndefined();
  });

  it('sends an empty body', async () => {
    const { ask } = await start((_req, res) => {
      void new ZeroCopyResponseBuilder(pool).send(res);
    });
    const { headers, isComplete } = await ask('/');
    expect(isComplete).toBe(true);
    expect(headers['content-length']).toBe('0');
  });

  it('rejects and lets go of everything when the client leaves', async () => {
    const shared = sharedInPool('s'.repeat(60 * kib));
    const outcomes: Promise<unknown>[] = [];
    const { ask, settled } = await start((_req, res) => {
      const builder = new ZeroCopyResponseBuilder(pool);
      for (let i = 0; i < 500; i++) builder.append(shared).append(`${i}`);
      outcomes.push(builder.send(res).catch((error: unknown) => error));
    });
    await ask('/', { abortAfterBytes: 100_000 });
    await settled();
    expect(await Promise.all(outcomes)).toEqual([
      expect.objectContaining({ code: 'ERR_STREAM_PREMATURE_CLOSE' }),
    ]);
    expect(shared.references).toBe(1);
    shared.release();
  });

  it('rejects at once when the client has left before', async () => {
    const outcomes: Promise<unknown>[] = [];
    const { ask, settled } = await start((_req, res) => {
      res.write('x');
      res.once('close', () => {
        const sending = new ZeroCopyResponseBuilder(pool).append('late').send(res);
        outcomes.push(sending.catch((error: unknown) => error));
      });
    });
    await ask('/', { abortAfterBytes: 1 });
    await settled();
    expect(await Promise.all(outcomes)).toEqual([
      expect.objectContaining({ code: 'ERR_STREAM_PREMATURE_CLOSE' }),
    ]);
  });

  it('works through zeroCopy()', async () => {
    const middleware = zeroCopy({ pool });
    const { ask } = await start((req, res) =>
      middleware(req, res, () => {
        const builder = new ZeroCopyResponseBuilder(pool);
        for (let i = 0; i < 5; i++) builder.append(`${i}`).append(Buffer.alloc(20 * kib, 'b'));
        void builder.send(res);
      }),
    );
    const { body } = await ask('/');
    const expected = [0, 1, 2, 3, 4].map((i) => `${i}${'b'.repeat(20 * kib)}`).join('');
    expect(body.toString()).toBe(expected);
  });
});

describe('ZeroCopyResponseBuilder', () => {
  it('lets go of its pieces when it is not sent', () => {
    const shared = sharedInPool('x');
    new ZeroCopyResponseBuilder(pool).append('small').append(shared).release();
    expect(shared.references).toBe(1);
    shared.release();
  });

  it('throws at any use after it was sent or released', () => {
    const builder = new ZeroCopyResponseBuilder(pool).append('x');
    builder.release();
    expect(() => builder.append('y')).toThrow(released);
    expect(() => builder.send({} as never)).toThrow(released);
    expect(() => builder.release()).toThrow(released);
  });
});
