import { reportFailure } from '../util/diagnostics';
import { HeadstartError } from '../util/errors';

/**
 * Called once, when the last reference is gone.
 *
 * @param isReusable `false` when someone let go with `discard`: Node may still be reading the
 * bytes, so their memory must not be written to again.
 */
export type OnFree = (isReusable: boolean) => void;

/** What the leak detector knows of a buffer; nothing here leads to the buffer itself. */
interface Held {
  references: number;
  readonly byteLength: number;
}

/** Reports buffers that the garbage collector found with references held. */
const leaks = new FinalizationRegistry<Held>(({ references, byteLength }) => {
  if (references === 0) return;
  const message = `a shared buffer of ${byteLength} bytes was dropped with ${references} references held`;
  reportFailure('SharedBuffer', new HeadstartError('ERR_BUFFER_LEAKED', message));
});

/**
 * Immutable bytes that several responses send without copying. Whoever keeps it holds a reference;
 * the bytes are let go with the last one. One that is dropped with references held is reported as
 * a failure once the garbage collector finds it.
 *
 * ```
 * root ── bytes ── onFree          references: 1 (maker) + 1 per slice + 1 per retain()
 *  └─ slice ── view of bytes       references: its own; its last release releases the root once
 * ```
 */
export class SharedBuffer implements Iterable<number> {
  /** Stays readable after the last release. */
  readonly byteLength: number;
  readonly #onFree: OnFree | undefined;
  #bytes: Buffer | undefined;
  readonly #held: Held;
  #isReusable = true;

  /**
   * Shares bytes, with one reference for the caller. A string is encoded as UTF-8; a `Uint8Array`
   * is not copied, so nobody may change it from now on.
   *
   * @example A shared buffer in pooled memory:
   * ```ts
   * const shared = SharedBuffer.from(pooled.bytes.subarray(0, length), (isReusable) =>
   *   isReusable ? pooled.release() : pooled.discard(),
   * );
   * ```
   */
  static from(source: string | Uint8Array, onFree?: OnFree): SharedBuffer {
    const bytes =
      typeof source === 'string'
        ? Buffer.from(source)
        : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    return new SharedBuffer(bytes, onFree);
  }

  private constructor(bytes: Buffer, onFree: OnFree | undefined) {
    this.byteLength = bytes.length;
    this.#bytes = bytes;
    this.#onFree = onFree;
    this.#held = { references: 1, byteLength: bytes.length };
    leaks.register(this, this.#held, this.#held);
  }

  /** Holders at present; 0 after the last release. */
  get references(): number {
    return this.#held.references;
  }

  /**
   * The bytes, not a copy: read only.
   *
   * @throws HeadstartError `ERR_BUFFER_RELEASED` after the last release.
   */
  get bytes(): Buffer {
    if (this.#bytes === undefined) {
      throw new HeadstartError('ERR_BUFFER_RELEASED', 'this shared buffer has no holder any more');
    }
    return this.#bytes;
  }

  /**
   * Takes one more reference.
   *
   * @throws HeadstartError `ERR_BUFFER_RELEASED` after the last release: bytes do not come back.
   */
  retain(): this {
    this.#assertHeld();
    this.#held.references++;
    return this;
  }

  /**
   * Lets go of one reference.
   *
   * @throws HeadstartError `ERR_BUFFER_RELEASED` when there is none left to let go of.
   */
  release(): void {
    this.#assertHeld();
    this.#held.references--;
    if (this.#held.references > 0) return;
    this.#bytes = undefined;
    leaks.unregister(this.#held);
    this.#onFree?.(this.#isReusable);
  }

  /**
   * Lets go of one reference while Node may still be reading the bytes, as after an abort. The
   * memory is then never reused, whoever holds the other references.
   *
   * @throws HeadstartError as `release` does.
   */
  discard(): void {
    this.#assertHeld();
    this.#isReusable = false;
    this.release();
  }

  /**
   * A view of a part, without a copy. It has one reference of its own for the caller and keeps
   * this buffer alive as long as it lives. Bounds work as in `Buffer.subarray`.
   */
  slice(start?: number, end?: number): SharedBuffer {
    const view = this.bytes.subarray(start, end);
    this.retain();
    return new SharedBuffer(view, (isReusable) => {
      if (isReusable) this.release();
      else this.discard();
    });
  }

  /** @param encoding Defaults to UTF-8. */
  toString(encoding?: BufferEncoding): string {
    return this.bytes.toString(encoding);
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this.bytes.values();
  }

  #assertHeld(): void {
    if (this.#held.references === 0) {
      throw new HeadstartError('ERR_BUFFER_RELEASED', 'this shared buffer was released too often');
    }
  }
}
