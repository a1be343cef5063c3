import { HeadstartError } from '../util/errors';
import { boolean, integer, parseOptions, type OptionRules } from '../util/options';
import { FreeLists } from './free-lists';
import { Loan, type PooledBuffer } from './pooled-buffer';

export interface ZeroCopyBufferPoolOptions {
  /**
   * Most bytes kept free for reuse. Lent memory does not count.
   *
   * @default 16777216 (16 MiB)
   */
  readonly maxBytes?: number;

  /**
   * Most buffers kept free for reuse, of whatever size.
   *
   * @default 4096
   */
  readonly maxBuffers?: number;

  /**
   * Fills released memory with `0xdb`, so that a test sees who reads it after its release.
   *
   * @default false
   */
  readonly poison?: boolean;

  /**
   * Every so often the pool lets go of what the traffic since then has not needed, and halves what
   * it keeps for traffic that has ended. `0` keeps everything up to `maxBytes`. The timer does not
   * keep the process alive.
   *
   * @default 10000 (10 s)
   */
  readonly ageingMs?: number;
}

/** The books of a pool. Whatever was lent came back: `hits + misses + oversized` = `lent` + returns. */
export interface BufferPoolStats {
  /** Requests served from a free list. */
  readonly hits: number;
  /** Requests of a kept size that needed new memory. */
  readonly misses: number;
  /** Requests larger than 64 KiB: allocated for once, never kept. */
  readonly oversized: number;
  /** Buffers out now. */
  readonly lent: number;
  readonly lentBytes: number;
  /** Most buffers that were ever out at the same time. */
  readonly peakLent: number;
  /** Bytes kept for reuse. */
  readonly freeBytes: number;
  /** Buffers kept for reuse. */
  readonly freeBuffers: number;
  /** Buffers that were let go because the free lists were full, or they were not needed. */
  readonly evicted: number;
  /** Bytes that were lent without allocating them. */
  readonly savedBytes: number;
  /** Buffers given back by `discard`. */
  readonly discarded: number;
}

const poisonByte = 0xdb;

const rules: OptionRules<ZeroCopyBufferPoolOptions> = {
  maxBytes: integer(16 * 1024 * 1024),
  maxBuffers: integer(4096),
  poison: boolean(false),
  ageingMs: integer(10_000, 0, 2 ** 31 - 1),
};

/**
 * Lends buffers in sizes of powers of two, 4 KiB to 64 KiB, and keeps what comes back for the next
 * one who asks, as far as the traffic needs it.
 *
 * Every loan has a handle of its own, even on the same memory, so that someone who gives memory
 * back twice is caught even when it has a new user by then.
 */
export class ZeroCopyBufferPool {
  readonly #free: FreeLists;
  readonly #poison: boolean;
  readonly #ageingMs: number;
  #timer: NodeJS.Timeout | undefined;
  #savedBytes = 0;
  #hits = 0;
  #misses = 0;
  #oversized = 0;
  #lent = 0;
  #lentBytes = 0;
  #peakLent = 0;
  #discarded = 0;

  constructor(options?: ZeroCopyBufferPoolOptions) {
    const { maxBytes, maxBuffers, poison, ageingMs } = parseOptions(
      'ZeroCopyBufferPool',
      options,
      rules,
    );
    this.#free = new FreeLists(maxBytes, maxBuffers);
    this.#poison = poison;
    this.#ageingMs = ageingMs;
  }

  /** Bytes out now. */
  get lentBytes(): number {
    return this.#lentBytes;
  }

  /** The books as they are now. */
  get stats(): BufferPoolStats {
    return {
      hits: this.#hits,
      misses: this.#misses,
      oversized: this.#oversized,
      lent: this.#lent,
      lentBytes: this.#lentBytes,
      peakLent: this.#peakLent,
      freeBytes: this.#free.bytes,
      freeBuffers: this.#free.buffers,
      evicted: this.#free.evicted,
      savedBytes: this.#savedBytes,
      discarded: this.#discarded,
    };
  }

  /**
   * Lends a buffer of at least `minBytes`: the next power of two, or exactly `minBytes` when that
   * is more than the largest size kept.
   */
  acquire(minBytes: number): PooledBuffer {
    const loan = new Loan(this, this.#take(minBytes));
    this.#lent++;
    this.#lentBytes += loan.byteLength;
    if (this.#lent > this.#peakLent) this.#peakLent = this.#lent;
    return loan;
  }

  /**
   * Takes back a buffer nobody reads any more.
   *
   * @throws HeadstartError `ERR_BUFFER_RELEASED` for a buffer that was given back before,
   * `ERR_BUFFER_FOREIGN` for one this pool did not lend.
   */
  release(pooled: PooledBuffer): void {
    const bytes = this.#settle(pooled);
    if (this.#poison) bytes.fill(poisonByte);
    const size = this.#free.classOf(bytes.length);
    if (size === undefined) return;
    this.#free.keep(size, bytes);
    if (this.#timer === undefined && this.#ageingMs > 0 && this.#free.bytes > 0) {
      this.#timer = setTimeout(this.#onTimer, this.#ageingMs).unref();
    }
  }

  /** Lets go of what recent traffic did not need. The pool does it by itself every `ageingMs`. */
  age(): void {
    this.#free.age();
  }

  /**
   * Strikes a buffer off the books and leaves its memory to the garbage collector. It is not
   * poisoned: what Node still sends must be right.
   *
   * @throws HeadstartError as `release` does.
   */
  discard(pooled: PooledBuffer): void {
    this.#settle(pooled);
    this.#discarded++;
  }

  #take(minBytes: number): Buffer {
    if (!Number.isSafeInteger(minBytes) || minBytes < 0) {
      throw new RangeError(`minBytes must be an integer of at least 0, got ${minBytes}`);
    }
    const size = this.#free.classOf(minBytes);
    if (size === undefined) {
      this.#oversized++;
      return Buffer.allocUnsafeSlow(minBytes);
    }
    const free = this.#free.take(size);
    if (free === undefined) {
      this.#misses++;
      return Buffer.allocUnsafeSlow(size.bytes);
    }
    this.#hits++;
    this.#savedBytes += size.bytes;
    return free;
  }

  #settle(pooled: PooledBuffer): Buffer {
    if (!(pooled instanceof Loan) || pooled.pool !== this) {
      throw new HeadstartError('ERR_BUFFER_FOREIGN', 'this pool did not lend this buffer');
    }
    const bytes = pooled.surrender();
    this.#lent--;
    this.#lentBytes -= bytes.length;
    const size = this.#free.classOf(bytes.length);
    if (size !== undefined) size.lent--;
    return bytes;
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.age();
    if (this.#free.bytes > 0) this.#timer = setTimeout(this.#onTimer, this.#ageingMs).unref();
  };
}
