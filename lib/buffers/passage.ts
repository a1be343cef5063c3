import type { Chunk, WriteCallback } from '../response/body-stage';
import type { PooledBuffer } from './pooled-buffer';

/** Whom a passage tells that it is over. */
export interface PassageOwner {
  /** @returns Whether Node is done with the bytes, so that their memory may be used again. */
  isWritten(passage: Passage, error: Error | null | undefined): boolean;
}

/** Bytes, and the pooled memory they lie in; the app's own lie in none. */
export interface Piece {
  readonly pooled?: PooledBuffer | undefined;
  readonly bytes: Chunk;
}

/** A chunk in Node's hands, and whom to tell when it is written. */
export class Passage {
  readonly bytes: Chunk;
  readonly #pooled: PooledBuffer | undefined;
  readonly #owner: PassageOwner;
  #callbacks: WriteCallback[] | undefined;
  /** Of the `end` that passed them on. */
  readonly #ended: WriteCallback | undefined;
  readonly #isLast: boolean;
  #isOver = false;

  constructor(
    owner: PassageOwner,
    piece: Piece,
    callbacks: WriteCallback[] | undefined,
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
      if (this.#owner.isWritten(this, error)) this.#pooled?.release();
      else this.#pooled?.discard();
      this.#isOver = true;
    } else if (this.#isLast) {
      this.#ended?.(error);
      return;
    }
    if (this.#callbacks !== undefined) for (const callback of this.#callbacks) callback(error);
    this.#ended?.(error);
  };

  /** Adds whom to tell: an empty write came behind this one. */
  follow(callback: WriteCallback): void {
    (this.#callbacks ??= []).push(callback);
  }

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
    this.#pooled?.discard();
  }
}
