import type { WriteCallback } from '../response/body-stage';
import type { PooledBuffer } from './zero-copy-buffer-pool';

/** Whom a passage tells that it is over. */
export interface PassageOwner {
  /** @returns Whether Node is done with the bytes, so that their memory may be used again. */
  isWritten(passage: Passage, error: Error | null | undefined): boolean;
}

/** Bytes and the pooled memory they lie in. */
export interface Piece {
  readonly pooled: PooledBuffer;
  readonly bytes: Uint8Array;
}

/** Pooled bytes in Node's hands, and whom to tell when they are written. */
export class Passage {
  readonly bytes: Uint8Array;
  readonly #pooled: PooledBuffer;
  readonly #owner: PassageOwner;
  readonly #callbacks: readonly WriteCallback[] | undefined;
  /** Of the `end` that passed them on. */
  readonly #ended: WriteCallback | undefined;
  readonly #isLast: boolean;
  #isOver = false;

  constructor(
    owner: PassageOwner,
    piece: Piece,
    callbacks: readonly WriteCallback[] | undefined,
    last?: { readonly ended: WriteCallback | undefined },
  ) {
    this.bytes = piece.bytes;
    this.#pooled = piece.pooled;
    this.#owner = owner;
    this.#callbacks = callbacks;
    this.#isLast = last !== undefined;
    this.#ended = last?.ended;
  }

  /** Node's callback. */
  readonly arrive = (error?: Error | null): void => {
    if (!this.#isOver) {
      if (this.#owner.isWritten(this, error)) this.#pooled.release();
      else this.#pooled.discard();
      this.#isOver = true;
    } else if (this.#isLast) {
      this.#ended?.(error);
      return;
    }
    if (this.#callbacks !== undefined) for (const callback of this.#callbacks) callback(error);
    this.#ended?.(error);
  };

  /**
   * The response closed while Node had the bytes. It still calls back for every write, but for
   * `end` only when the response finished.
   *
   * @returns The callbacks that Node will not call.
   */
  abandon(): readonly WriteCallback[] {
    this.drop();
    return (this.#isLast ? this.#callbacks : undefined) ?? [];
  }

  /** Nobody knows whether Node took the bytes: their memory is not used again. */
  drop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pooled.discard();
  }
}
