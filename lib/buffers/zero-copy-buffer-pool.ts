import { HeadstartError } from '../util/errors';
import { boolean, integer, parseOptions, type OptionRules } from '../util/options';

/** Memory lent by a {@link ZeroCopyBufferPool}; give it back once, by `release` or by `discard`. */
export interface PooledBuffer {
  /**
   * The memory. Its content is what the last user left there.
   *
   * @throws HeadstartError `ERR_BUFFER_RELEASED` once it was given back.
   */
  readonly bytes: Buffer;

  /** Gives the memory back for reuse: nobody, Node included, reads it any more. */
  release(): void;

  /** Gives the memory back, never to be reused: Node may still be reading it. */
  discard(): void;
}

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
  /** Requests larger than {@link largestClassBytes}: allocated for once, never kept. */
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

/** A page: less than this is not worth a trip to the pool. */
const smallestClassBytes = 4 * 1024;

const smallestShift = Math.log2(smallestClassBytes);

/** Four HTTP/2 frames of the default size, and what Node 22 and newer buffer per stream. */
export const largestClassBytes = 64 * 1024;

const poisonByte = 0xdb;

const rules: OptionRules<ZeroCopyBufferPoolOptions> = {
  maxBytes: integer(16 * 1024 * 1024),
  maxBuffers: integer(4096),
  poison: boolean(false),
  ageingMs: integer(10_000, 0, 2 ** 31 - 1),
};

/** The buffers of one size, the one released last on top: it is the likeliest to be in the CPU's cache. */
interface SizeClass {
  readonly bytes: number;
  readonly free: Buffer[];
  lent: number;
  /** Most that were out at the same time since the pool aged last. */
  peakLent: number;
  /** How many the traffic is expected to need at the same time. */
  wanted: number;
}

/**
 * Lends buffers in sizes of powers of two, 4 KiB to 64 KiB, and keeps what comes back for the next
 * one who asks. There is one free list per size. What is kept follows the traffic: its peak in the
 * last period, or half of what was kept before (the idea of valyala/bytebufferpool, with the ageing
 * of Caffeine).
 *
 * Every loan has a handle of its own, even on the same memory, so that someone who gives memory
 * back twice is caught even when it has a new user by then.
 */
export class ZeroCopyBufferPool {
  readonly #maxBytes: number;
  readonly #maxBuffers: number;
  readonly #poison: boolean;
  readonly #ageingMs: number;
  readonly #classes: readonly SizeClass[] = makeClasses();
  #timer: NodeJS.Timeout | undefined;
  #savedBytes = 0;
  #hits = 0;
  #misses = 0;
  #oversized = 0;
  #lent = 0;
  #lentBytes = 0;
  #peakLent = 0;
  #freeBytes = 0;
  #freeBuffers = 0;
  #evicted = 0;
  #discarded = 0;

  constructor(options?: ZeroCopyBufferPoolOptions) {
    const { maxBytes, maxBuffers, poison, ageingMs } = parseOptions(
      'ZeroCopyBufferPool',
      options,
      rules,
    );
    this.#maxBytes = maxBytes;
    this.#maxBuffers = maxBuffers;
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
      freeBytes: this.#freeBytes,
      freeBuffers: this.#freeBuffers,
      evicted: this.#evicted,
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
    const size = this.#classOf(bytes.length);
    if (size === undefined) return;
    if (!this.#makeRoom(size)) {
      this.#evicted++;
      return;
    }
    size.free.push(bytes);
    this.#freeBytes += size.bytes;
    this.#freeBuffers++;
    if (this.#timer === undefined && this.#ageingMs > 0) {
      this.#timer = setTimeout(this.#onTimer, this.#ageingMs).unref();
    }
  }

  /** Lets go of what recent traffic did not need. The pool does it by itself every `ageingMs`. */
  age(): void {
    for (const size of this.#classes) {
      size.wanted = Math.max(size.peakLent, Math.floor(size.wanted / 2));
      size.peakLent = size.lent;
      const kept = Math.max(0, size.wanted - size.lent);
      const surplus = Math.max(0, size.free.length - kept);
      // From the bottom: what lay there longest.
      size.free.splice(0, surplus);
      this.#freeBytes -= surplus * size.bytes;
      this.#freeBuffers -= surplus;
      this.#evicted += surplus;
    }
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
    const size = this.#classOf(minBytes);
    if (size === undefined) {
      this.#oversized++;
      return Buffer.allocUnsafeSlow(minBytes);
    }
    size.lent++;
    if (size.lent > size.peakLent) size.peakLent = size.lent;
    const free = size.free.pop();
    if (free === undefined) {
      this.#misses++;
      return Buffer.allocUnsafeSlow(size.bytes);
    }
    this.#hits++;
    this.#savedBytes += size.bytes;
    this.#freeBytes -= size.bytes;
    this.#freeBuffers--;
    return free;
  }

  #settle(pooled: PooledBuffer): Buffer {
    if (!(pooled instanceof Loan) || pooled.pool !== this) {
      throw new HeadstartError('ERR_BUFFER_FOREIGN', 'this pool did not lend this buffer');
    }
    const bytes = pooled.surrender();
    this.#lent--;
    this.#lentBytes -= bytes.length;
    const size = this.#classOf(bytes.length);
    if (size !== undefined) size.lent--;
    return bytes;
  }

  /** The smallest class of buffers with so many bytes. */
  #classOf(bytes: number): SizeClass | undefined {
    return this.#classes[
      bytes <= smallestClassBytes ? 0 : 32 - Math.clz32(bytes - 1) - smallestShift
    ];
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.age();
    if (this.#freeBytes > 0) this.#timer = setTimeout(this.#onTimer, this.#ageingMs).unref();
  };

  /**
   * Makes room for one more buffer of a size by letting go of others, where most bytes lie idle
   * first. `false`: that would be the very size that has just come back.
   */
  #makeRoom(size: SizeClass): boolean {
    while (this.#freeBytes + size.bytes > this.#maxBytes || this.#freeBuffers >= this.#maxBuffers) {
      const fullest = this.#classes.reduce((a, b) => (idleBytes(b) > idleBytes(a) ? b : a));
      if (fullest === size || fullest.free.pop() === undefined) return false;
      this.#freeBytes -= fullest.bytes;
      this.#freeBuffers--;
      this.#evicted++;
    }
    return true;
  }
}

class Loan implements PooledBuffer {
  readonly pool: ZeroCopyBufferPool;
  readonly byteLength: number;
  #bytes: Buffer | undefined;

  constructor(pool: ZeroCopyBufferPool, bytes: Buffer) {
    this.pool = pool;
    this.byteLength = bytes.length;
    this.#bytes = bytes;
  }

  get bytes(): Buffer {
    if (this.#bytes === undefined) {
      throw new HeadstartError('ERR_BUFFER_RELEASED', 'this buffer was given back to its pool');
    }
    return this.#bytes;
  }

  release(): void {
    this.pool.release(this);
  }

  discard(): void {
    this.pool.discard(this);
  }

  /** Ends the loan; a second time throws. */
  surrender(): Buffer {
    const { bytes } = this;
    this.#bytes = undefined;
    return bytes;
  }
}

function idleBytes(size: SizeClass): number {
  return size.bytes * size.free.length;
}

function makeClasses(): SizeClass[] {
  const classes: SizeClass[] = [];
  for (let bytes = smallestClassBytes; bytes <= largestClassBytes; bytes *= 2) {
    classes.push({ bytes, free: [], lent: 0, peakLent: 0, wanted: 0 });
  }
  return classes;
}
