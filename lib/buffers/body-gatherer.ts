import { isUint8Array } from 'node:util/types';
import { reportFailure } from '../util/diagnostics';
import { largestClassBytes } from './free-lists';
import type { PooledBuffer } from './pooled-buffer';
import type { ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/**
 * One HTTP/2 DATA frame of the default size (RFC 9113, 6.5.2) and one full TLS record
 * (RFC 8446, 5.1). What is this large gains nothing from being gathered.
 */
export const largeBytes = 16 * 1024;

/** Most UTF-16 units of a string that is joined before it is encoded; found by measuring. */
const joinedUnits = 256;

/** Most bytes one UTF-16 unit becomes in UTF-8; a surrogate pair makes four of two units. */
const utf8BytesPerUnit = 3;

const smallestBytes = 4 * 1024;

const encoder = new TextEncoder();

/** Gathered bytes in the memory they lie in. */
export interface GatheredPiece {
  readonly pooled: PooledBuffer;
  readonly bytes: Buffer;
}

/**
 * Gathers small chunks in one pooled buffer that grows from 4 to 64 KiB.
 *
 * ```
 * memory   [ bytes in use | room ]     what was copied or encoded
 * text     'short' + 'strings' + …     comes after it; encoded at once when the buffer is taken
 * ```
 *
 * Entering native code costs more than encoding a short string, so short strings are joined first:
 * V8 does that without copying.
 */
export class BodyGatherer {
  readonly #pool: ZeroCopyBufferPool;
  readonly #joinsSurrogates: boolean;
  #pooled: PooledBuffer | undefined;
  #memory: Buffer | undefined;
  #used = 0;
  #text = '';
  #length = 0;

  /**
   * @param joinsSurrogates Whether the halves of a surrogate pair in two chunks make one character.
   * Node replaces each half with U+FFFD.
   */
  constructor(pool: ZeroCopyBufferPool, joinsSurrogates = false) {
    this.#pool = pool;
    this.#joinsSurrogates = joinsSurrogates;
  }

  get isEmpty(): boolean {
    return this.#pooled === undefined && this.#text === '';
  }

  /** What is gathered, as Node's streams count it: bytes, and UTF-16 units of strings. */
  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#used + Buffer.byteLength(this.#text);
  }

  /**
   * Takes the whole of a chunk of less than 16 KiB, or nothing of it.
   *
   * @returns `false` when it does not fit; it does when nothing is gathered.
   */
  append(chunk: string | Uint8Array, encoding?: BufferEncoding): boolean {
    const { length } = chunk;
    const isText = typeof chunk === 'string' && isUtf8(encoding);
    const isTaken =
      isText && length <= joinedUnits ? this.#join(chunk) : this.#copy(chunk, encoding);
    if (isTaken) this.#length += length;
    return isTaken;
  }

  /**
   * The short way for nearly every write of a template: a short string, in UTF-8, after another one.
   *
   * @returns `false` when it is no such case; nothing is taken then.
   */
  joinNext(chunk: string): boolean {
    const { length } = chunk;
    const text = this.#text;
    if (text === '' || length > joinedUnits) return false;
    if (this.#used + text.length + length > largestClassBytes) return false;
    if (!this.#joinsSurrogates && isLow(chunk.charCodeAt(0))) return false;
    this.#text = text + chunk;
    this.#length += length;
    return true;
  }

  /** Hands over what is gathered, or the first part of it: call it until this is empty. */
  take(): GatheredPiece {
    this.#reserve(Math.min(this.#text.length, largestClassBytes - this.#used));
    this.#settle();
    const piece = this.#hand();
    this.#length = this.#text.length;
    return piece;
  }

  /** Forgets what is gathered. Nobody else has seen the memory. */
  release(): void {
    this.#text = '';
    this.#length = 0;
    this.#pooled?.release();
    this.#pooled = undefined;
    this.#memory = undefined;
    this.#used = 0;
  }

  #join(chunk: string): boolean {
    if (this.#used + this.#text.length + chunk.length > largestClassBytes) return false;
    const isSplit = !this.#joinsSurrogates && this.#text !== '' && isLow(chunk.charCodeAt(0));
    if (isSplit && !this.#settleWhole()) return false;
    this.#text += chunk;
    return true;
  }

  #copy(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): boolean {
    if (this.#text !== '') {
      const isPair = this.#joinsSurrogates && typeof chunk === 'string' && isUtf8(encoding);
      if (isPair && isHigh(this.#text.charCodeAt(this.#text.length - 1))) {
        this.#text += chunk;
        return true;
      }
      if (!this.#settleWhole()) return false;
    }
    if (typeof chunk !== 'string') {
      if (!this.#reserve(chunk.byteLength)) return false;
      this.#memory?.set(chunk, this.#used);
      this.#used += chunk.byteLength;
      return true;
    }
    const mostBytes = chunk.length * utf8BytesPerUnit;
    if (!this.#reserve(mostBytes) && !this.#reserve(Buffer.byteLength(chunk, encoding)))
      return false;
    // Invalid hex and spaces in Base64 make fewer bytes than foreseen: count what was written.
    this.#used += this.#memory?.write(chunk, this.#used, encoding) ?? 0;
    return true;
  }

  #settleWhole(): boolean {
    if (!this.#reserve(this.#text.length)) return false;
    this.#settle();
    return (
      this.#text === '' || (this.#reserve(this.#text.length * utf8BytesPerUnit) && this.#settle())
    );
  }

  /** Encodes as much of the text as there is room for. `true`: all of it. */
  #settle(): boolean {
    if (this.#text === '' || this.#memory === undefined) return true;
    const room = this.#used === 0 ? this.#memory : this.#memory.subarray(this.#used);
    const { read, written } = encoder.encodeInto(this.#text, room);
    this.#used += written;
    this.#text = read === this.#text.length ? '' : this.#text.slice(read);
    return this.#text === '';
  }

  /** Makes room for so many bytes more. `false`: the largest buffer would not do. */
  #reserve(bytes: number): boolean {
    const needed = this.#used + bytes;
    if (this.#memory !== undefined && needed <= this.#memory.length) return true;
    if (needed > largestClassBytes) return false;
    // What outgrew its memory once is likely to go on: few steps, so that little is copied again.
    const wanted = this.#memory === undefined ? needed : Math.min(4 * needed, largestClassBytes);
    const grown = acquire(this.#pool, Math.max(wanted, smallestBytes));
    const memory = grown.bytes;
    if (this.#memory !== undefined) memory.set(this.#memory.subarray(0, this.#used));
    this.#pooled?.release();
    this.#pooled = grown;
    this.#memory = memory;
    return true;
  }

  #hand(): GatheredPiece {
    const pooled = this.#pooled ?? acquire(this.#pool, 0);
    const bytes = pooled.bytes.subarray(0, this.#used);
    this.#pooled = undefined;
    this.#memory = undefined;
    this.#used = 0;
    return { pooled, bytes };
  }
}

/** A pool that fails breaks no response: it does with memory of its own. */
function acquire(pool: ZeroCopyBufferPool, bytes: number): PooledBuffer {
  try {
    return pool.acquire(bytes);
  } catch (error) {
    reportFailure('zeroCopy', error);
    return { bytes: Buffer.allocUnsafeSlow(bytes), release: ignore, discard: ignore };
  }
}

function ignore(): void {}

/** False for what only Node should judge: a wrong type, an encoding it does not know. */
export function isGatherable(chunk: unknown, encoding?: string | null): boolean {
  if (typeof chunk !== 'string') return isUint8Array(chunk);
  return isUtf8(encoding) || Buffer.isEncoding(encoding ?? 'utf8');
}

export function isUtf8(encoding: string | null | undefined): boolean {
  return encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8';
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
