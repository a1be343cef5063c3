import { SharedBuffer } from '../buffers/shared-buffer';
import { reportFailure } from '../util/diagnostics';
import type { Codec } from './codec';
import { encodeFile, readVersion } from './file-encoding';
import type { FileVersion } from './file-version';

/** What a store needs of the world; tests pass their own. */
export interface FileSurroundings {
  /** Milliseconds since 1970, as files are dated. */
  readonly nowMs: () => number;
  /** Whether there is CPU to spare. */
  readonly isCalm: () => boolean;
}

export interface CompressedFileStats {
  readonly files: number;
  readonly bytes: number;
  /** Files that wait to be compressed, with the one at work. */
  readonly waiting: number;
  readonly evictions: number;
}

interface Entry {
  readonly key: string;
  /** By the id of the codec; `undefined`: compressing does not make it smaller. */
  readonly variants: Map<string, SharedBuffer | undefined>;
  bytes: number;
}

interface Job {
  readonly version: FileVersion;
  readonly codec: Codec;
}

/** A file may take this share of the whole at most. */
const largestShare = 4;

/** More wait only when a whole site is new; they ask again with their next request. */
const maxWaiting = 512;

/** What an entry takes besides its bytes, roughly. */
const entryBytes = 512;

/**
 * Files that were compressed once, as well as possible, in the background, one at a time. What was
 * not used for longest leaves when there are too many bytes.
 */
export class CompressedFiles {
  readonly #maxBytes: number;
  readonly #surroundings: FileSurroundings;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, Job>();
  #bytes = 0;
  #evictions = 0;
  #isWorking = false;

  constructor(maxBytes: number, surroundings: FileSurroundings) {
    this.#maxBytes = maxBytes;
    this.#surroundings = surroundings;
  }

  get stats(): CompressedFileStats {
    return {
      files: this.#entries.size,
      bytes: this.#bytes,
      waiting: this.#waiting.size,
      evictions: this.#evictions,
    };
  }

  /**
   * The first of some codecs' variants of a file that is there. The caller retains what it keeps.
   * Drops what it has of other versions of the file.
   */
  find({ path, key }: FileVersion, codecs: readonly Codec[]): [Codec, SharedBuffer] | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    if (entry.key !== key) {
      this.#drop(path, entry);
      return undefined;
    }
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    for (const codec of codecs) {
      const bytes = entry.variants.get(codec.id);
      if (bytes !== undefined) return [codec, bytes];
    }
    return undefined;
  }

  /**
   * Asks for a variant, unless it is there or on its way. Most files are asked for many times.
   *
   * @returns Whether it will be there later.
   */
  want(version: FileVersion, codec: Codec): boolean {
    const { path, key, bytes } = version;
    const entry = this.#entries.get(path);
    if (entry?.key === key && entry.variants.has(codec.id)) return false;
    if (bytes * largestShare > this.#maxBytes) return false;
    const id = `${codec.id} ${path} ${key}`;
    if (!this.#waiting.has(id) && this.#waiting.size < maxWaiting) {
      this.#waiting.set(id, { version, codec });
    }
    if (!this.#isWorking) void this.#work();
    return true;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (const [id, job] of this.#waiting) {
      if (!this.#surroundings.isCalm()) break;
      try {
        await this.#make(job);
      } catch (error) {
        // A file that is gone is everyday life; the response that found it has told so.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
          reportFailure('dynamicCompression', error);
        }
      }
      this.#waiting.delete(id);
    }
    this.#isWorking = false;
  }

  async #make({ version, codec }: Job): Promise<void> {
    const content = await readVersion(version, this.#surroundings.nowMs());
    if (content === undefined) return;
    const encoded = await encodeFile(version.path, content, codec);
    this.#keep(version, codec, encoded.length < content.length ? encoded : undefined);
  }

  #keep({ path, key }: FileVersion, codec: Codec, encoded: Buffer | undefined): void {
    let entry = this.#entries.get(path);
    if (entry !== undefined && entry.key !== key) {
      this.#drop(path, entry);
      entry = undefined;
    }
    if (entry === undefined) {
      entry = { key, variants: new Map(), bytes: entryBytes };
      this.#entries.set(path, entry);
      this.#bytes += entryBytes;
    }
    const bytes = encoded?.length ?? 0;
    entry.variants.set(codec.id, encoded && SharedBuffer.from(encoded));
    entry.bytes += bytes;
    this.#bytes += bytes;
    this.#evict();
  }

  #evict(): void {
    for (const [path, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(path, entry);
      this.#evictions++;
    }
  }

  #drop(path: string, entry: Entry): void {
    this.#entries.delete(path);
    this.#bytes -= entry.bytes;
    for (const bytes of entry.variants.values()) bytes?.release();
  }
}
