import { open, type FileHandle } from 'node:fs/promises';
import type { PooledBuffer } from './pooled-buffer';
import type { ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/** Which bytes of a file; both ends count, as in `fs.createReadStream`. */
export interface FileRange {
  /** Offset of the first byte. @default 0 */
  readonly start?: number;
  /** Offset of the last byte. @default the last byte of the file */
  readonly end?: number;
}

/** Bytes of a file in the memory they were read into. */
export interface FileChunk {
  readonly pooled: PooledBuffer;
  readonly bytes: Buffer;
}

/** What Node's own file streams read at a time. */
const readBytes = 64 * 1024;

/** A file, or a range of it, that is a part of a body: opened when the body is sent, read piece by piece. */
export class FilePart {
  readonly #path: string;
  readonly #range: FileRange;
  #file: FileHandle | undefined;
  #position = 0;
  #remaining = 0;

  /** @throws RangeError for a range that is none. */
  constructor(path: string, range: FileRange = {}) {
    for (const name of ['start', 'end'] as const) {
      const value = range[name];
      if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
      throw new RangeError(`${name} must be an integer of at least 0, got ${value}`);
    }
    this.#path = path;
    this.#range = range;
  }

  /** Bytes that have not been read; known once it is open. */
  get byteLength(): number {
    return this.#remaining;
  }

  /** @throws what `fs.open` fails with; `EISDIR` for a folder. */
  async open(): Promise<void> {
    const { start = 0, end = Infinity } = this.#range;
    this.#file = await open(this.#path);
    const stats = await this.#file.stat();
    if (stats.isDirectory()) {
      const error = new Error(`EISDIR: illegal operation on a directory, read '${this.#path}'`);
      throw Object.assign(error, { code: 'EISDIR' });
    }
    this.#position = start;
    this.#remaining = Math.max(0, Math.min(end + 1, stats.size) - start);
  }

  /** @throws when the file became shorter than it was when it was opened, or cannot be read. */
  async read(pool: ZeroCopyBufferPool): Promise<FileChunk> {
    const pooled = pool.acquire(Math.min(this.#remaining, readBytes));
    try {
      const most = Math.min(this.#remaining, pooled.bytes.length);
      const bytesRead = await this.#readInto(pooled.bytes, most);
      this.#position += bytesRead;
      this.#remaining -= bytesRead;
      return { pooled, bytes: pooled.bytes.subarray(0, bytesRead) };
    } catch (error) {
      pooled.release();
      throw error;
    }
  }

  /** May be called twice, and before it was opened. */
  close(): void {
    const file = this.#file;
    this.#file = undefined;
    // A read that is under way ends first; what close itself fails with changes nothing any more.
    file?.close().catch(() => undefined);
  }

  async #readInto(memory: Buffer, most: number): Promise<number> {
    const { bytesRead = 0 } = (await this.#file?.read(memory, 0, most, this.#position)) ?? {};
    if (bytesRead === 0) throw new Error(`'${this.#path}' ended before the length it had`);
    return bytesRead;
  }
}
