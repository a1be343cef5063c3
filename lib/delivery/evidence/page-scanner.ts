import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { reportFailure } from '../../util/diagnostics';
import { authorityOf } from '../judgement/request-signals';
import type { SeenBody } from './body-watch';
import { type PageResource, resourcesOfPage } from './page-resources';
import type { Visit } from './visit-observer';

/** Of a page as text: heads are shorter, and scripts at the end of most bodies are within it. */
const maxTextBytes = 128 * 1024;

/** Of a page as it goes out. */
export const scannedBytes = 64 * 1024;

/** Pages being unpacked at a time; more go unread. */
const maxUnpacking = 8;

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Reads the beginning of pages after they went out. A page that a middleware compressed is unpacked
 * in Node's thread pool first; nobody waits for it.
 */
export class PageScanner {
  #unpacking = 0;

  /** @param onFound Called with what the page asks for, later, or never. */
  scan(visit: Visit, body: SeenBody, onFound: (found: readonly PageResource[]) => void): void {
    const read = (bytes: Buffer): void => {
      try {
        const url = new URL(visit.url.path, `https://${authorityOf(visit.req)}`);
        onFound(resourcesOfPage(bytes.toString(), url));
      } catch (error) {
        reportFailure('serverPush', error);
      }
    };
    const coding = String(visit.res.getHeader('content-encoding') ?? 'identity').toLowerCase();
    const decoder = decoders[coding];
    if (coding === 'identity') setImmediate(read, body.head);
    else if (decoder !== undefined && this.#unpacking < maxUnpacking) {
      this.#unpack(decoder(), body.head, read);
    }
  }

  /** What is cut off in the middle still yields what came before. */
  #unpack(decoder: Transform, packed: Buffer, onText: (text: Buffer) => void): void {
    const parts: Buffer[] = [];
    let room = maxTextBytes;
    this.#unpacking++;
    decoder.on('data', (part: Buffer) => {
      parts.push(part.subarray(0, room));
      room -= part.length;
      if (room <= 0) decoder.destroy();
    });
    decoder.on('error', () => undefined);
    decoder.once('close', () => {
      this.#unpacking--;
      onText(Buffer.concat(parts));
    });
    decoder.end(packed);
  }
}
