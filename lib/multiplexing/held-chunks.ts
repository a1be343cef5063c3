import type { WriteCallback } from '../response/body-stage';

/** A class: V8 may place literals in old space, where they would keep what they hold. */
class HeldChunk {
  bytes: Uint8Array;
  readonly callback: WriteCallback | undefined;
  next: HeldChunk | undefined;

  constructor(bytes: Uint8Array, callback: WriteCallback | undefined) {
    this.bytes = bytes;
    this.callback = callback;
  }
}

/** A queue of body bytes that hands them out in pieces, without copying. */
export class HeldChunks {
  #first: HeldChunk | undefined;
  #last: HeldChunk | undefined;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  push(bytes: Uint8Array, callback: WriteCallback | undefined): void {
    const chunk = new HeldChunk(bytes, callback);
    if (this.#last === undefined) this.#first = chunk;
    else this.#last.next = chunk;
    this.#last = chunk;
    this.#bytes += bytes.byteLength;
  }

  /**
   * Takes up to `limit` bytes of the first chunk. The callback comes with the chunk's last piece.
   */
  take(limit: number): { bytes: Uint8Array; callback: WriteCallback | undefined } | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    const { bytes } = first;
    if (bytes.byteLength > limit) {
      first.bytes = bytes.subarray(limit);
      this.#bytes -= limit;
      return { bytes: bytes.subarray(0, limit), callback: undefined };
    }
    this.#first = first.next;
    // A link out of a chunk that V8 has called old would make the next one old too, and so on.
    first.next = undefined;
    if (this.#first === undefined) this.#last = undefined;
    this.#bytes -= bytes.byteLength;
    return { bytes, callback: first.callback };
  }

  /** Forgets all chunks and returns the callbacks that are still owed. */
  drop(): WriteCallback[] {
    const owed: WriteCallback[] = [];
    for (let chunk = this.#first; chunk !== undefined; chunk = chunk.next) {
      if (chunk.callback !== undefined) owed.push(chunk.callback);
    }
    this.#first = undefined;
    this.#last = undefined;
    this.#bytes = 0;
    return owed;
  }
}
