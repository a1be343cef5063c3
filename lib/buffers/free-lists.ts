/** The buffers of one size, the one released last on top: it is the likeliest to be in the CPU's cache. */
export interface SizeClass {
  readonly bytes: number;
  readonly free: Buffer[];
  lent: number;
  /** Most that were out at the same time since the lists aged last. */
  peakLent: number;
  /** How many the traffic is expected to need at the same time. */
  wanted: number;
}

/** A page: less than this is not worth a trip to the pool. */
const smallestClassBytes = 4 * 1024;

const smallestShift = Math.log2(smallestClassBytes);

/** Four HTTP/2 frames of the default size, and what Node 22 and newer buffer per stream. */
export const largestClassBytes = 64 * 1024;

/**
 * Memory that waits for its next user: one list for each power of two, 4 KiB to 64 KiB. What is kept
 * follows the traffic: its peak in the last period, or half of what was kept before (the idea of
 * valyala/bytebufferpool, with the ageing of Caffeine).
 */
export class FreeLists {
  readonly #maxBytes: number;
  readonly #maxBuffers: number;
  readonly #classes: readonly SizeClass[] = makeClasses();
  #bytes = 0;
  #buffers = 0;
  #evicted = 0;

  /** Keeps at most so many bytes, in at most so many buffers. */
  constructor(maxBytes: number, maxBuffers: number) {
    this.#maxBytes = maxBytes;
    this.#maxBuffers = maxBuffers;
  }

  /** Bytes kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Buffers kept. */
  get buffers(): number {
    return this.#buffers;
  }

  /** Buffers that were let go because the lists were full, or they were not needed. */
  get evicted(): number {
    return this.#evicted;
  }

  /** The smallest class of buffers with so many bytes; `undefined` beyond the largest. */
  classOf(bytes: number): SizeClass | undefined {
    return this.#classes[
      bytes <= smallestClassBytes ? 0 : 32 - Math.clz32(bytes - 1) - smallestShift
    ];
  }

  /** Counts a loan of this size, and gives the memory for it if there is any. */
  take(size: SizeClass): Buffer | undefined {
    size.lent++;
    if (size.lent > size.peakLent) size.peakLent = size.lent;
    const free = size.free.pop();
    if (free === undefined) return undefined;
    this.#bytes -= size.bytes;
    this.#buffers--;
    return free;
  }

  /** Keeps a buffer, or lets it go where there is no room. */
  keep(size: SizeClass, buffer: Buffer): void {
    if (!this.#makeRoom(size)) {
      this.#evicted++;
      return;
    }
    size.free.push(buffer);
    this.#bytes += size.bytes;
    this.#buffers++;
  }

  /** Lets go of what recent traffic did not need. */
  age(): void {
    for (const size of this.#classes) {
      size.wanted = Math.max(size.peakLent, Math.floor(size.wanted / 2));
      size.peakLent = size.lent;
      const kept = Math.max(0, size.wanted - size.lent);
      const surplus = Math.max(0, size.free.length - kept);
      // From the bottom: what lay there longest.
      size.free.splice(0, surplus);
      this.#bytes -= surplus * size.bytes;
      this.#buffers -= surplus;
      this.#evicted += surplus;
    }
  }

  /**
   * Makes room for one more buffer of a size by letting go of others, where most bytes lie idle
   * first. `false`: that would be the very size that has just come back.
   */
  #makeRoom(size: SizeClass): boolean {
    while (this.#bytes + size.bytes > this.#maxBytes || this.#buffers >= this.#maxBuffers) {
      const fullest = this.#classes.reduce((a, b) => (idleBytes(b) > idleBytes(a) ? b : a));
      if (fullest === size || fullest.free.pop() === undefined) return false;
      this.#bytes -= fullest.bytes;
      this.#buffers--;
      this.#evicted++;
    }
    return true;
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
