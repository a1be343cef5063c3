import type { ServerResponse } from 'node:http';
import type { FlushQueue } from '../../lib/buffers/flush-queue';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { ZeroCopyStreamHandler } from '../../lib/buffers/zero-copy-stream-handler';
import type { BodySink, Chunk, TappedResponse, WriteCallback } from '../../lib/response/body-stage';

/** One call that reached Node: `data` is what it said at that moment. */
export interface Passed {
  readonly call: 'write' | 'end';
  readonly data: string | undefined;
  readonly bytes: Buffer;
  readonly chunk: Chunk | undefined;
  readonly encoding: BufferEncoding | undefined;
  readonly callback: WriteCallback | undefined;
}

/** Stands where Node stands: remembers what comes and calls back when the test says so. */
export class RecordingSink implements BodySink {
  readonly passed: Passed[] = [];
  answer = true;

  get data(): (string | undefined)[] {
    return this.passed.map(({ data }) => data);
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    this.#record('write', chunk, encoding, callback);
    return this.answer;
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    this.#record('end', chunk, encoding, callback);
  }

  /** Calls back for everything that came, as Node does when it has written it. */
  complete(error?: Error): void {
    for (const { callback } of this.passed) callback?.(error);
  }

  #record(
    call: Passed['call'],
    chunk?: Chunk,
    encoding?: BufferEncoding,
    callback?: WriteCallback,
  ): void {
    const data =
      chunk === undefined || typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const known = Buffer.isEncoding(encoding ?? 'utf8') ? encoding : undefined;
    const bytes = Buffer.from((chunk ?? '') as string, known);
    this.passed.push({ call, data, bytes, chunk, encoding, callback });
  }
}

/** A response as its stages see it, with a log of what they asked of it. */
export class FakeTapped implements TappedResponse {
  readonly log: string[] = [];
  readonly ended = false;
  readonly state = { writableHighWaterMark: 16_384, writableLength: 0, destroyed: false };
  readonly res = Object.assign(this.state, {
    destroy: () => {
      this.state.destroyed = true;
      this.log.push('destroy');
    },
    getHeader: () => undefined,
  }) as unknown as ServerResponse;

  commitHeaders(): void {
    this.log.push('commitHeaders');
  }

  get isGone(): boolean {
    return this.state.destroyed;
  }

  holdHeaders(): void {
    this.log.push('holdHeaders');
  }

  drained(): void {
    this.log.push('drained');
  }
}

/** A handler between an app and a fake Node. */
export function setUpHandler(queue?: FlushQueue) {
  const pool = new ZeroCopyBufferPool({ poison: true });
  const sink = new RecordingSink();
  const tapped = new FakeTapped();
  const handler = new ZeroCopyStreamHandler(sink, tapped, pool, queue);
  return { pool, sink, tapped, handler };
}
