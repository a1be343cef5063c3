import { isUint8Array } from 'node:util/types';
import type { PooledBuffer, ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/**
 * One HTTP/2 DATA frame of the default size (RFC 9113, 6.5.2) and one full TLS record
 * (RFC 8446, 5.1). What is this large gains nothing from being gathered.
 */
export const fillingBytes = 16 * 1024;

/** Most bytes one UTF-16 code unit becomes in UTF-8; a surrogate pair makes four of two units. */
const utf8BytesPerUnit = 3;

/** A pooled buffer that small chunks are copied and encoded into, one after another. */
export class FillingBuffer {
  readonly pooled: PooledBuffer;
  #used = 0;

  constructor(pool: ZeroCopyBufferPool) {
    this.pooled = pool.acquire(fillingBytes);
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** What was gathered so far, in place. */
  get bytes(): Buffer {
    return this.pooled.bytes.subarray(0, this.#used);
  }

  /** Takes the whole of a chunk, or nothing of it. `false`: it does not fit. */
  append(chunk: string | Uint8Array, encoding?: BufferEncoding): boolean {
    const room = fillingBytes - this.#used;
    const { bytes } = this.pooled;
    if (typeof chunk !== 'string') {
      if (chunk.byteLength > room) return false;
      bytes.set(chunk, this.#used);
      this.#used += chunk.byteLength;
      return true;
    }
    const isSurelyFit = isUtf8(encoding) && chunk.length * utf8BytesPerUnit <= room;
    if (!isSurelyFit && (chunk.length > room * 2 || byteLengthOf(chunk, encoding) > room)) {
      return false;
    }
    // Invalid hex and spaces in Base64 make fewer bytes than foreseen: count what was written.
    this.#used += bytes.write(chunk, this.#used, room, encoding);
    return true;
  }
}

/** Bytes a chunk takes at most; exact but for malformed hex and Base64. */
export function byteLengthOf(chunk: string | Uint8Array, encoding?: BufferEncoding): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

/** False for what only Node should judge: a wrong type, an encoding it does not know. */
export function isGatherable(chunk: unknown, encoding?: string | null): boolean {
  if (typeof chunk !== 'string') return isUint8Array(chunk);
  return isUtf8(encoding) || Buffer.isEncoding(encoding ?? 'utf8');
}

function isUtf8(encoding: string | null | undefined): boolean {
  return encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8';
}
