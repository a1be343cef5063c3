import type { ServerResponse } from 'node:http';
import { FilePart } from './file-part';
import { isResponseGone } from './is-response-gone';
import { nodeError } from './node-error';
import type { ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/** A piece of a body, and who wants its memory back. */
export interface BytesPart {
  readonly bytes: Uint8Array;
  readonly owner?: {
    release(): void;
    discard(): void;
  };
}

export type BodyPart = BytesPart | FilePart;

/**
 * Writes the parts of one body at the pace of the client and gives each back to its owner: to be
 * reused once Node has written it or never saw it, otherwise not. Of a file one piece is in memory.
 */
export class PartsSender {
  readonly #res: ServerResponse;
  readonly #pool: ZeroCopyBufferPool;
  readonly #waiting: BodyPart[];
  readonly #away = new Set<BytesPart>();
  #isReading = false;
  #isOver = false;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /**
   * @param parts In the order of the body; they belong to the sender from now on. None is empty, and
   * files are open.
   * @param pool What files are read into.
   */
  constructor(res: ServerResponse, parts: readonly BodyPart[], pool: ZeroCopyBufferPool) {
    this.#res = res;
    this.#pool = pool;
    this.#waiting = parts.toReversed();
  }

  /** Resolves when Node has written the whole; rejects when the response closed before. */
  send(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (isResponseGone(this.#res) || this.#res.writableEnded) {
        this.#onClose();
        return;
      }
      this.#res.on('drain', this.#pump);
      this.#res.once('close', this.#onClose);
      this.#pump();
    });
  }

  readonly #pump = (): void => {
    if (this.#isReading) return;
    try {
      while (!this.#isOver && this.#waiting.length > 0) {
        const part = this.#waiting.pop();
        if (part instanceof FilePart) {
          void this.#read(part);
          return;
        }
        if (this.#waiting.length === 0) this.#end(part);
        else if (!this.#write(part)) return;
      }
      if (!this.#isOver && !this.#res.writableEnded) this.#end(undefined);
    } catch (error) {
      this.#finish(asError(error));
    }
  };

  /** Reads one piece of a file and puts it, and what is left of the file, back in front. */
  async #read(file: FilePart): Promise<void> {
    this.#isReading = true;
    try {
      const { pooled, bytes } = await file.read(this.#pool);
      this.#isReading = false;
      if (file.byteLength > 0) this.#waiting.push(file);
      else file.close();
      this.#waiting.push({ bytes, owner: pooled });
      if (this.#isOver) this.#letGo();
      else this.#pump();
    } catch (error) {
      this.#isReading = false;
      file.close();
      if (this.#isOver) return;
      // The length was promised and part of the body has left: the client must see that it is cut off.
      this.#res.destroy(asError(error));
      this.#finish(asError(error));
    }
  }

  #write(part: BytesPart | undefined): boolean {
    if (part === undefined) return true;
    this.#away.add(part);
    return this.#res.write(part.bytes, (error) => {
      this.#giveBack(part, (error ?? null) === null);
    });
  }

  #end(part: BytesPart | undefined): void {
    const onFinish = () => {
      if (part !== undefined) this.#giveBack(part, true);
      this.#finish();
    };
    if (part === undefined) {
      this.#res.end(onFinish);
      return;
    }
    this.#away.add(part);
    this.#res.end(part.bytes, onFinish);
  }

  #giveBack(part: BytesPart, isWritten: boolean): void {
    if (!this.#away.delete(part)) return;
    if (isWritten && !isResponseGone(this.#res)) part.owner?.release();
    else part.owner?.discard();
  }

  readonly #onClose = (): void => {
    this.#finish(nodeError('ERR_STREAM_PREMATURE_CLOSE', 'The response closed before its end'));
  };

  #finish(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#res.off('drain', this.#pump);
    this.#res.off('close', this.#onClose);
    this.#letGo();
    for (const part of this.#away) part.owner?.discard();
    this.#away.clear();
    if (error === undefined) this.#settle?.resolve();
    else this.#settle?.reject(error);
  }

  #letGo(): void {
    for (const part of this.#waiting.splice(0)) releasePart(part);
  }
}

/** Node has not seen it. */
export function releasePart(part: BodyPart): void {
  if (part instanceof FilePart) part.close();
  else part.owner?.release();
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
