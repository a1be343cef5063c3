import type { ServerResponse } from 'node:http';
import { HeadstartError } from '../util/errors';
import { BodyGatherer, largeBytes } from './body-gatherer';
import { FilePart, type FileRange } from './file-part';
import { PartsSender, releasePart, type BodyPart, type BytesPart } from './parts-sender';
import { SharedBuffer } from './shared-buffer';
import type { ZeroCopyBufferPool } from './zero-copy-buffer-pool';

/**
 * Puts a response body together from pieces and sends it, without ever copying the whole.
 *
 * Strings are encoded straight into pooled memory and small pieces gather there; shared buffers
 * and pieces of 16 KiB or more are sent from where they are, so do not change those before the
 * response is over. Files are read while they are sent.
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
  readonly #files: FilePart[] = [];
  #isSpent = false;

  constructor(pool: ZeroCopyBufferPool) {
    this.#pool = pool;
    this.#gatherer = new BodyGatherer(pool, true);
  }

  /** Bytes of the body so far, without files. */
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
   * Adds a file, or a range of it, at the end. It is opened when the body is sent, and read piece by
   * piece into pooled memory, at the pace of the client.
   *
   * @throws RangeError for a range that is none.
   * @throws HeadstartError `ERR_BUFFER_RELEASED` after `send` or `release`.
   */
  appendFile(path: string, range?: FileRange): this {
    this.#assertUnspent();
    const file = new FilePart(path, range);
    while (!this.#gatherer.isEmpty) this.#pushGathered();
    this.#files.push(file);
    this.#parts.push(file);
    return this;
  }

  /**
   * Sends the body and ends the response, with a `Content-Length` unless the headers left before.
   * For `HEAD`, 204 and 304 nothing but the headers is sent. The builder is spent afterwards.
   *
   * @returns Resolves when Node has written everything; rejects with `ERR_STREAM_PREMATURE_CLOSE`
   * when the client went away. Without files it need not be awaited: a rejection nobody waits for is
   * not reported. It rejects with the error of `fs.open` when a file cannot be opened: the response
   * is then as it was before, and the caller answers.
   * @throws HeadstartError `ERR_BUFFER_RELEASED` after `send` or `release`.
   */
  send(res: ServerResponse): Promise<void> {
    this.#assertUnspent();
    this.#isSpent = true;
    if (this.#files.length > 0) return this.#openAndSend(res);
    const sent = this.#sendParts(res);
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

  async #openAndSend(res: ServerResponse): Promise<void> {
    try {
      await Promise.all(this.#files.map((file) => file.open()));
    } catch (error) {
      this.#letGo();
      throw error;
    }
    return this.#sendParts(res);
  }

  #sendParts(res: ServerResponse): Promise<void> {
    const hasBody = res.statusCode !== 204 && res.statusCode !== 304;
    // RFC 9112, 6.2: never beside a Transfer-Encoding.
    if (!res.headersSent && hasBody && !res.hasHeader('Transfer-Encoding')) {
      const fileBytes = this.#files.reduce((sum, file) => sum + file.byteLength, 0);
      res.setHeader('Content-Length', this.byteLength + fileBytes);
    }
    if (!hasBody || res.req.method === 'HEAD') this.#letGo();
    return new PartsSender(res, this.#takeParts(), this.#pool).send();
  }

  #encode(text: string, encoding?: BufferEncoding): void {
    const bytes = Buffer.byteLength(text, encoding);
    const pooled = this.#pool.acquire(bytes);
    const written = pooled.bytes.write(text, 0, bytes, encoding);
    this.#push({ bytes: pooled.bytes.subarray(0, written), owner: pooled });
  }

  #push(part: BytesPart): void {
    while (!this.#gatherer.isEmpty) this.#pushGathered();
    this.#addPart(part);
  }

  #pushGathered(): void {
    const { bytes, pooled } = this.#gatherer.take();
    this.#addPart({ bytes, owner: pooled });
  }

  #addPart(part: BytesPart): void {
    this.#parts.push(part);
    this.#partBytes += part.bytes.byteLength;
  }

  #takeParts(): BodyPart[] {
    while (!this.#gatherer.isEmpty) this.#pushGathered();
    const parts = this.#parts.filter((part) => {
      const isFull = (part instanceof FilePart ? part : part.bytes).byteLength > 0;
      if (!isFull) releasePart(part);
      return isFull;
    });
    this.#parts = [];
    return parts;
  }

  #letGo(): void {
    this.#gatherer.release();
    for (const part of this.#parts) releasePart(part);
    this.#parts = [];
  }

  #assertUnspent(): void {
    if (!this.#isSpent) return;
    throw new HeadstartError('ERR_BUFFER_RELEASED', 'this builder has sent or released its body');
  }
}
