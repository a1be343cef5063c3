import { HeadstartError } from '../util/errors';

/** Memory lent by a `ZeroCopyBufferPool`; give it back once, by `release` or by `discard`. */
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

/** Who lends. */
interface Lender {
  release(loan: PooledBuffer): void;
  discard(loan: PooledBuffer): void;
}

/** One loan of a buffer: it ends once, even if the same memory is lent again by then. */
export class Loan implements PooledBuffer {
  readonly pool: Lender;
  readonly byteLength: number;
  #bytes: Buffer | undefined;

  constructor(pool: Lender, bytes: Buffer) {
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
