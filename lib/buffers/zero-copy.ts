import type { StageFactory } from '../response/body-stage';
import { ResponseTap, type PipeObserver } from '../response/response-tap';
import { refuseUncalled } from '../util/called';
import { reportFailure } from '../util/diagnostics';
import type { Middleware } from '../util/middleware';
import { boolean, custom, integer, parseOptions, type OptionRules } from '../util/options';
import { isPlainFile, PooledFileReads, takesSeveralReads } from './pooled-file-reads';
import { delayedFlush, turnEnd } from './flush-queue';
import { ZeroCopyBufferPool } from './zero-copy-buffer-pool';
import { ZeroCopyStreamHandler } from './zero-copy-stream-handler';

export interface ZeroCopyOptions {
  /** A pool to share with other middleware. It has limits of its own: give no others beside it. */
  readonly pool?: ZeroCopyBufferPool | undefined;

  /**
   * Most bytes the pool keeps free for reuse.
   *
   * @default 16777216 (16 MiB)
   */
  readonly maxPoolBytes?: number;

  /**
   * Fills released memory with `0xdb`; for tests.
   *
   * @default false
   */
  readonly poison?: boolean;

  /**
   * How long small writes may wait for more, in milliseconds. `0`: until the end of the current turn
   * of the event loop. `res.flush()`, `text/event-stream`, a full buffer and the end do not wait.
   *
   * @default 0
   */
  readonly flushMs?: number;
}

/** The middleware, with its pool for statistics. */
export type ZeroCopyMiddleware = Middleware & { readonly pool: ZeroCopyBufferPool };

const rules: OptionRules<ZeroCopyOptions> = {
  pool: custom<ZeroCopyBufferPool | undefined>(
    'a ZeroCopyBufferPool',
    undefined,
    (value) => value instanceof ZeroCopyBufferPool,
  ),
  maxPoolBytes: integer(16 * 1024 * 1024),
  poison: boolean(false),
  flushMs: integer(0, 0, 60_000),
};

/**
 * Gathers the small writes of each response in pooled memory: one write reaches Node for all
 * writes of one turn of the event loop. Nothing waits longer than that, unless `flushMs` says so.
 *
 * @example
 * ```ts
 * const buffers = zeroCopy({ maxPoolBytes: 32 * 1024 * 1024 });
 * app.use(buffers);
 * setInterval(() => console.log(buffers.pool.stats), 60_000).unref();
 * ```
 * @throws TypeError or RangeError for a bad option.
 */
export function zeroCopy(options?: ZeroCopyOptions): ZeroCopyMiddleware {
  refuseUncalled('zeroCopy', options);
  const parsed = parseOptions<ZeroCopyOptions>('zeroCopy', options, rules);
  const pool = poolOf(parsed, options);
  const queue = parsed.flushMs > 0 ? delayedFlush(parsed.flushMs) : turnEnd;
  const makeHandler: StageFactory = (sink, tapped) =>
    new ZeroCopyStreamHandler(sink, tapped, pool, queue);
  const onPipe: PipeObserver = (source, res) => {
    if (!isPlainFile(source) || !takesSeveralReads(source)) return;
    if (!ResponseTap.of(res).isDirect) return;
    PooledFileReads.start(source, res, pool);
  };
  const zeroCopyMiddleware: Middleware = (_req, res, next) => {
    try {
      const tap = ResponseTap.of(res);
      tap.use('coalesce', makeHandler);
      if (queue !== turnEnd) tap.onHeaders(showHeaders);
      tap.onPipe(onPipe);
    } catch (error) {
      reportFailure('zeroCopy', error);
    }
    next();
  };
  return Object.assign(zeroCopyMiddleware, { pool });
}

/** Where headers are observed, `getHeader` knows those of `writeHead` too: events are told by theirs. */
function showHeaders(): void {}

function poolOf(
  { pool, maxPoolBytes, poison }: Required<ZeroCopyOptions>,
  given: ZeroCopyOptions | undefined,
): ZeroCopyBufferPool {
  if (pool === undefined) return new ZeroCopyBufferPool({ maxBytes: maxPoolBytes, poison });
  const rival = (['maxPoolBytes', 'poison'] as const).find((key) => given?.[key] !== undefined);
  if (rival !== undefined) {
    throw new TypeError(`zeroCopy: ${rival} must be set on the pool when a pool is given`);
  }
  return pool;
}
