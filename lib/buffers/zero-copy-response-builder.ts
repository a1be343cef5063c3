import type { ServerResponse } from 'node:http';
import { HeadstartError } from '../util/errors';
import { BodyGatherer, largeBytes } from './body-gatherer';
import { PartsSender, type BodyPart } from './parts-sender';
import { SharedBuffer } from './shared-buffer';
import type { ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/**
 * Puts a response body together from pieces and sends it, without ever copying the whole.
 *
 * Strings are encoded straight into pooled memory and small pieces gather there; shared buffers
 * and pieces of 16 KiB or more are sent from where they are, so do not change those before the
 * response is over.
 *
 * @example
 * ```ts
 * await new ZeroCopyResponseBuilder(pool).append('<ul>').append(list).append('</ul>').send(res);
 * ```
 */
export class ZeroCopyResponseBuilder {
  readonly #pool: ZeroCopyBufferPool;
  #parts: BodyPart[] = [];
  readonly #gatherer: BodyGatherer;
  /** Bytes of the parts, without what is being gathered. */
  #partBytes = 0;
  #isSpent = false;

  constructor(pool: ZeroCopyBufferPool) {
    this.#pool = pool;
    this.#gatherer = new BodyGatherer(pool, true);
  }

  /** Bytes of the body so far. */
  get byteLength(): number {
    return this.#partBytes + this.#gatherer.byteLength;
  }

  /**
   * Adds a piece at the end. A shared buffer is retained until it is written.
   *
   * @param encoding Of a string.
   * @default 'utf8'
   * @throws HeadstartError `ERR_BUFFER_RELEASED` after `send` or `release`.
   */
  append(piece: string | Uint8Array | SharedBuffer, encoding?: BufferEncoding): this {
    this.#assertUnspent();
    if (piece instanceof SharedBuffer) {
      this.#push({ bytes: piece.bytes, owner: piece.retain() });
      return this;
    }
    if (piece.length < largeBytes) {
      while (!this.#gatherer.append(piece, encoding)) this.#pushGathered();
    } else if (typeof piece === 'string') this.#encode(piece, encoding);
    else this.#push({ bytes: piece });
    return this;
  }

  /**
   * Sends the body and ends the response, with a `Content-Length` unless the headers left before.
   * For `HEAD`, 204 and 304 nothing but the headers is sent. The builder is spent afterwards.
   *
   * @returns Resolves when Node has written everything; rejects with `ERR_STREAM_PREMATURE_CLOSE`
   * when the client went away. It need not be awaited: a rejection nobody waits for is not reported.
   * @throws HeadstartError `ERR_BUFFER_RELEASED` after `send` or `release`.
   */
  send(res: ServerResponse): Promise<void> {
    this.#assertUnspent();
    const hasBody = res.statusCode !== 204 && res.statusCode !== 304;
    // RFC 9112, 6.2: never beside a Transfer-Encoding.
    if (!res.headersSent && hasBody && !res.hasHeader('Transfer-Encoding')) {
      res.setHeader('Content-Length', this.byteLength);
    }
    if (!hasBody || res.req.method === 'HEAD') this.#letGo();
    const parts = this.#takeParts();
    this.#isSpent = true;
    const sent = new PartsSender(res, parts).send();
    // An aborted client is everyday life; without this, not awaiting would end the process.
    sent.catch(() => undefined);
    return sent;
  }

  /**
   * Lets go of everything without sending it.
   *
   * @throws HeadstartError `ERR_BUFFER_RELEASED` after `send` or `release`.
   */
  release(): void {
    this.#assertUnspent();
    this.#isSpent = true;
    this.#letGo();
  }

  #encode(text: string, encoding?: BufferEncoding): void {
    const bytes = Buffer.byteLength(text, encoding);
    const pooled = this.#pool.acquire(bytes);
    const written = pooled.bytes.write(text, 0, bytes, encoding);
    this.#push({ bytes: pooled.bytes.subarray(0, written), owner: pooled });
  }

  #push(part: BodyPart): void {
    while (!this.#gatherer.isEmpty) this.#pushGathered();
    this.#addPart(part);
  }

  #pushGathered(): void {
    const { bytes, pooled } = this.#gatherer.take();
    this.#addPart({ bytes, owner: pooled });
  }

  #addPart(part: BodyPart): void {
    this.#parts.push(part);
    this.#partBytes += part.bytes.byteLength;
  }

  #takeParts(): BodyPart[] {
    while (!this.#gatherer.isEmpty) this.#pushGathered();
    const parts = this.#parts.filter(({ bytes, owner }) => {
      if (bytes.byteLength === 0) owner?.release();
      return bytes.byteLength > 0;
    });
    this.#parts = [];
    return parts;
  }

  #letGo(): void {
    this.#gatherer.release();
    for (const { owner } of this.#parts) owner?.release();
    this.#parts = [];
  }

  #assertUnspent(): void {
    if (!this.#isSpent) return;
    throw new HeadstartError('ERR_BUFFER_RELEASED', 'this builder has sent or released its body');
  }
}
