import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import express from 'express';
import * as fc from 'fast-check';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { ResponseTap } from '../../lib/response/response-tap';
import { transports, type Transport } from '../support/transports';
import { expectBalanced } from './balanced';
import { serve, type Served } from './served';
import { nextOf } from './turns';

const http1 = transports.find(({ name }) => name === 'HTTP/1.1')!;

let pool: ZeroCopyBufferPool;
let served: Served | undefined;

async function start(transport: Transport, handler: RequestListener): Promise<Served> {
  pool = new ZeroCopyBufferPool({ poison: true });
  const middleware = zeroCopy({ pool });
  served = await serve(transport, (req, res) => middleware(req, res, () => handler(req, res)));
  return served;
}

afterEach(async () => {
  await served?.settled();
  await served?.close();
  served = undefined;
  expectBalanced(pool);
});

describe.each(transports)('zeroCopy over $name', (transport) => {
  it('delivers 1000 small writes intact in a few pooled buffers', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `${i}: ${'ü'.repeat(i % 60)}\n`);
    const { ask, settled } = await start(transport, (_req, res) => {
      for (const line of lines) res.write(line);
      res.end();
    });
    const { body, isComplete } = await ask('/');
    expect(isComplete).toBe(true);
    expect(body.toString()).toBe(lines.join(''));
    await settled();
    const { misses, discarded, freeBytes } = pool.stats;
    expect(misses).toBeLessThanOrEqual(2);
    expect(discarded).toBe(0);
    expect(freeBytes).toBeGreaterThanOrEqual(body.length);
  });

  it('reuses the buffers of one response for the next', async () => {
    const { ask, settled } = await start(transport, (req, res) => {
      res.write(`${req.url} `);
      res.end('done');
    });
    for (let i = 0; i < 20; i++) {
      expect((await ask(`/${i}`)).body.toString()).toBe(`/${i} done`);
      await settled();
    }
    expect(pool.stats).toMatchObject({ hits: 19, misses: 1, discarded: 0 });
  });

  it('leaves a body that comes whole to Node, which knows its length', async () => {
    const { ask } = await start(transport, (_req, res) => res.end('whole'));
    const { headers, body } = await ask('/');
    expect(body.toString()).toBe('whole');
    const length = transport.httpVersion === '1.1' ? '5' : undefined;
    expect(headers['content-length']).toBe(length);
    expect(pool.stats).toMatchObject({ hits: 0, misses: 0 });
  });

  it('sends the first byte of a stream at once', async () => {
    const ends: (() => void)[] = [];
    const { ask } = await start(transport, (_req, res) => {
      res.write('first');
      ends.push(() => res.end('last'));
    });
    const { body, isComplete } = await ask('/', { abortAfterBytes: 5 });
    expect(body.toString()).toBe('first');
    expect(isComplete).toBe(false);
  });

  it('keeps the pace of the client: write() says false, drain comes', async () => {
    const piece = 'p'.repeat(1000);
    let waits = 0;
    const { ask } = await start(transport, (_req, res) => {
      void (async () => {
        for (let i = 0; i < 2000; i++) {
          if (res.write(piece)) continue;
          waits++;
          expect(res.writableLength).toBeLessThan(200_000);
          await once(res, 'drain');
        }
        res.end();
      })();
    });
    const { body, isComplete } = await ask('/');
    expect(isComplete).toBe(true);
    expect(body.toString()).toBe(piece.repeat(2000));
    expect(waits).toBeGreaterThan(10);
  });

  it('keeps bytes whole between empty writes, with flush and large chunks', async () => {
    const text = 'x'.repeat(3000);
    const order: string[] = [];
    const { ask } = await start(transport, (_req, res) => {
      res.write('');
      res.write(text);
      ResponseTap.of(res).flush();
      res.write(Buffer.alloc(50_000, 'x'), () => order.push('large'));
      res.write('', () => order.push('empty'));
      res.write(text);
      ResponseTap.of(res).flush();
      res.write('');
      res.end('');
    });
    const { body } = await ask('/');
    expect(body.toString()).toBe('x'.repeat(56_000));
    expect(order).toEqual(['large', 'empty']);
  });

  it('takes a pipeline of small and large chunks', async () => {
    const chunks = [10, 20_000, 1, 16_384, 5, 70_000, 3].map((size, i) =>
      Buffer.alloc(size, 65 + i),
    );
    const { ask } = await start(transport, (_req, res) => {
      pipeline(Readable.from(chunks), res, () => undefined);
    });
    const { body } = await ask('/');
    expect(body.equals(Buffer.concat(chunks))).toBe(true);
  });

  it('calls back for every write and for the end, in order', async () => {
    const order: string[] = [];
    const { ask, settled } = await start(transport, (_req, res) => {
      res.write('a', () => order.push('a'));
      res.write('', () => order.push('empty'));
      res.write('b', 'latin1', () => order.push('b'));
      setImmediate(() => {
        res.write('c', () => order.push('c'));
        res.end('d', () => order.push('end'));
      });
    });
    expect((await ask('/')).body.toString()).toBe('abcd');
    await settled();
    expect(order).toEqual(['a', 'empty', 'b', 'c', 'end']);
  });

  it('sends no body for HEAD and lends nothing', async () => {
    const { ask } = await start(transport, (_req, res) => {
      res.setHeader('x-seen', 'yes');
      res.end('body');
    });
    const { headers, body } = await ask('/', { method: 'HEAD' });
    expect(headers['x-seen']).toBe('yes');
    expect(body.length).toBe(0);
    expect(pool.stats.misses).toBe(0);
  });

  it('discards what was on its way when the client leaves in the middle', async () => {
    const { ask, settled } = await start(transport, (_req, res) => {
      void pump(
        res,
        Array.from({ length: 5000 }, (_, i) => piece(1, i, 900)),
        () => false,
      );
    });
    const { isComplete } = await ask('/', { abortAfterBytes: 50_000 });
    expect(isComplete).toBe(false);
    await settled();
    expect(pool.stats.lent).toBe(0);
  });
});

describe('zeroCopy', () => {
  it('serves an Express app: res.send, res.json, and templates in pieces', async () => {
    const app = express();
    const middleware = zeroCopy({ poison: true });
    ({ pool } = middleware);
    app.use(middleware);
    app.get('/send', (_req, res) => res.send('sent'));
    app.get('/json', (_req, res) => res.json({ a: 1 }));
    app.get('/pieces', (_req, res) => {
      for (const part of ['<ul>', '<li>1', '</ul>']) res.write(part);
      res.end();
    });
    served = await serve(http1, app);
    expect((await served.ask('/send')).body.toString()).toBe('sent');
    expect((await served.ask('/json')).body.toString()).toBe('{"a":1}');
    expect((await served.ask('/pieces')).body.toString()).toBe('<ul><li>1</ul>');
    expect((await served.ask('/none')).body.toString()).toContain('Cannot GET /none');
  });

  it('returns a named function with its pool', () => {
    pool = new ZeroCopyBufferPool();
    const middleware = zeroCopy({ pool });
    expect(middleware.name).toBe('zeroCopyMiddleware');
    expect(middleware.pool).toBe(pool);
    expect(middleware).toHaveLength(3);
  });

  it('gives the pool its limit', () => {
    ({ pool } = zeroCopy({ maxPoolBytes: 0 }));
    pool.acquire(1).release();
    expect(pool.stats.freeBytes).toBe(0);
  });

  it.each([[undefined], [{}], [{ pool: undefined }]])('takes its defaults for %p', (options) => {
    ({ pool } = zeroCopy(options));
    pool.acquire(1).release();
    expect(pool.stats.freeBytes).toBe(4096);
  });

  it('names an option that is wrong', () => {
    expect(() => zeroCopy({ maxPoolBytes: -1 })).toThrow(
      'zeroCopy: maxPoolBytes must be an integer of at least 0, got -1',
    );
    expect(() => zeroCopy({ pool: {} as ZeroCopyBufferPool })).toThrow(
      'zeroCopy: pool must be a ZeroCopyBufferPool, got {}',
    );
    expect(() => zeroCopy({ pool, poison: true })).toThrow(
      'zeroCopy: poison must be set on the pool when a pool is given',
    );
  });

  it('says so when it is handed to app.use without being called', async () => {
    const app = express();
    app.use(zeroCopy as never);
    app.use(((error, _req, res, _next) => res.end(error.code)) as express.ErrorRequestHandler);
    served = await serve(http1, app);
    expect((await served.ask('/')).body.toString()).toBe('ERR_NOT_CALLED');
  });
});

/** A piece of a body that belongs to one response and one place in it and nowhere else. */
function piece(response: number, index: number, bytes: number): string {
  return `<${response}/${index} ü🙂>`.repeat(Math.ceil(bytes / 16)).slice(0, bytes);
}

/** Writes pieces as a well-behaved app does, with a rest in between where it is told to. */
async function pump(
  res: ServerResponse,
  pieces: readonly (string | Buffer)[],
  restsAfter: (index: number) => boolean,
): Promise<void> {
  const closed = new Promise((resolve) => res.once('close', resolve));
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  for (const [index, one] of pieces.slice(0, -1).entries()) {
    if (isClosed) return;
    const hasRoom = res.write(one);
    if (!hasRoom) {
      await Promise.race([new Promise((resolve) => res.once('drain', resolve)), closed]);
    } else if (restsAfter(index)) await nextOf(index % 2 === 0 ? 'immediate' : 'tick');
  }
  res.end(pieces.at(-1));
}

describe.each(transports)('zeroCopy with clients that come and go over $name', (transport) => {
  const response = fc.record({
    pieces: fc.array(
      fc.record({
        bytes: fc.oneof(
          { arbitrary: fc.integer({ min: 0, max: 300 }), weight: 8 },
          { arbitrary: fc.integer({ min: 0, max: 40_000 }), weight: 1 },
        ),
        isBuffer: fc.boolean(),
        rests: fc.boolean(),
      }),
      { minLength: 1, maxLength: 120 },
    ),
    abortAfterBytes: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
  });

  it('mixes up no byte of any response', async () => {
    const bodies = new Map<string, { pieces: (string | Buffer)[]; rests: boolean[] }>();
    const { ask, settled } = await start(transport, (req, res) => {
      const { pieces, rests } = bodies.get(req.url ?? '') ?? { pieces: [''], rests: [] };
      void pump(res, pieces, (index) => rests[index] === true);
    });
    let responses = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(response, { minLength: 1, maxLength: 30 }), async (batch) => {
        const asked = batch.map(async ({ pieces, abortAfterBytes }) => {
          const id = responses++;
          const texts = pieces.map(({ bytes }, index) => piece(id, index, bytes));
          bodies.set(`/${id}`, {
            pieces: texts.map((text, i) =>
              pieces[i]?.isBuffer === true ? Buffer.from(text) : text,
            ),
            rests: pieces.map(({ rests }) => rests),
          });
          const expected = Buffer.concat(texts.map((text) => Buffer.from(text)));
          const options = abortAfterBytes === undefined ? {} : { abortAfterBytes };
          const { body, isComplete } = await ask(`/${id}`, options);
          bodies.delete(`/${id}`);
          const mayBeShort = abortAfterBytes !== undefined;
          expect(isComplete || mayBeShort).toBe(true);
          const length = mayBeShort ? body.length : expected.length;
          expect(body.equals(expected.subarray(0, length))).toBe(true);
        });
        await Promise.all(asked);
        await settled();
        expectBalanced(pool);
      }),
      { seed: 9113, numRuns: 40, endOnFailure: true },
    );
    expect(responses).toBeGreaterThan(100);
    expect(pool.stats.hits).toBeGreaterThan(100);
  });
});
