import type { ServerResponse } from 'node:http';
import { isResponseGone } from './is-response-gone';
import { nodeError } from './node-error';

/** A piece of a body, and who wants its memory back. */
export interface BodyPart {
  readonly bytes: Uint8Array;
  readonly owner?: {
    release(): void;
    discard(): void;
  };
}

/**
 * Writes the parts of one body at the pace of the client and gives each back to its owner: to be
 * reused once Node has written it or never saw it, otherwise not.
 */
export class PartsSender {
  readonly #res: ServerResponse;
  readonly #waiting: BodyPart[];
  readonly #away = new Set<BodyPart>();
  #isOver = false;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /** @param parts In the order of the body; they belong to the sender from now on. */
  constructor(res: ServerResponse, parts: readonly BodyPart[]) {
    this.#res = res;
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
    try {
      while (!this.#isOver && this.#waiting.length > 1) {
        if (!this.#write(this.#waiting.pop())) return;
      }
      if (!this.#isOver && !this.#res.writableEnded) this.#end(this.#waiting.pop());
    } catch (error) {
      this.#finish(error instanceof Error ? error : new Error(String(error)));
    }
  };

  #write(part: BodyPart | undefined): boolean {
    if (part === undefined) return true;
    this.#away.add(part);
    return this.#res.write(part.bytes, (error) => {
      this.#giveBack(part, (error ?? null) === null);
    });
  }

  #end(part: BodyPart | undefined): void {
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

  #giveBack(part: BodyPart, isWritten: boolean): void {
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
    for (const part of this.#waiting.splice(0)) part.owner?.release();
    for (const part of this.#away) part.owner?.discard();
    this.#away.clear();
    if (error === undefined) this.#settle?.resolve();
    else this.#settle?.reject(error);
  }
}
