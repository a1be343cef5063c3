import type { ServerResponse } from 'node:http';
import { isUint8Array } from 'node:util/types';
import { reportFailure } from '../util/diagnostics';
import { mergeHeaders } from '../util/merge-headers';
import type { HeadersArgument } from '../util/merge-headers';
import { stageOrder } from './body-stage';
import type {
  BodySink,
  BodyStage,
  Chunk,
  StageFactory,
  StagePlace,
  TappedResponse,
  WriteCallback,
} from './body-stage';
import { replaceBodyMethods, replaceWriteHead, showHeldBytes } from './tapped-methods';
import type { BodyMethods, WriteHead } from './tapped-methods';

/** Called once, just before the headers leave; may still change them. */
export type HeadersObserver = (res: ServerResponse) => void;

const kTap = Symbol('headstart.tap');

type Tappable = ServerResponse & { [kTap]?: ResponseTap };

/** Node's default for streams, for responses that do not tell theirs. */
const defaultHighWaterMark = 16_384;

/**
 * The one place that replaces methods of a response. Parts that want to see or change what leaves
 * register here:
 *
 *     app -> [observe] -> [transform] -> [coalesce] -> [gate] -> Node
 *
 * Methods are replaced when the first part registers, and only those that it needs: a response
 * nobody registers on is not touched. What another middleware put in place of `res.write` before
 * is left alone: then headers can be observed, but body stages do not apply.
 */
export class ResponseTap implements TappedResponse {
  readonly res: ServerResponse;
  readonly #observers: HeadersObserver[] = [];
  readonly #factories = new Map<StagePlace, StageFactory>();
  #writeHead: WriteHead | undefined;
  #body: BodyMethods | undefined;
  #stages: readonly BodyStage[] | undefined;
  #first: BodySink | undefined;
  #isObserved = false;
  #isEnded = false;
  #isEndPassed = false;
  #mustDrain = false;
  /** Set once stages hold bytes past the call that wrote them. */
  #isNodeFull: (() => boolean) | undefined;

  /** The tap of a response; the first call makes it. */
  static of(res: ServerResponse): ResponseTap {
    const tappable = res as Tappable;
    return (tappable[kTap] ??= new ResponseTap(res));
  }

  private constructor(res: ServerResponse) {
    this.res = res;
  }

  get ended(): boolean {
    return this.#isEnded;
  }

  /** Bytes that stages hold: written by the app, not yet given to Node. */
  get heldBytes(): number {
    let held = 0;
    for (const stage of this.#stages ?? []) held += stage.heldBytes;
    return held;
  }

  /** Registers an observer of the headers. The one registered last is called first, as in `on-headers`. */
  onHeaders(observer: HeadersObserver): void {
    this.#observers.push(observer);
    this.#writeHead ??= replaceWriteHead(this.res, (status, rest) =>
      this.#tappedWriteHead(status, rest),
    );
  }

  /** Puts a stage at a place; one stage per place, and none once the body has begun. */
  use(place: StagePlace, factory: StageFactory): void {
    if (this.#first !== undefined || this.#factories.has(place)) return;
    if (this.#body === undefined && Object.hasOwn(this.res, 'write')) return;
    this.#factories.set(place, factory);
    this.#body ??= replaceBodyMethods(this.res, {
      write: (chunk, encoding, callback) => this.#write(chunk, encoding, callback),
      end: (chunk, encoding, callback) => this.#end(chunk, encoding, callback),
      flush: () => this.flush(),
    });
  }

  /** Passes on what the stages hold, first stage first. */
  flush(): void {
    for (const stage of this.#stages ?? []) stage.flush();
  }

  commitHeaders(): void {
    if (!this.res.headersSent) this.res.writeHead(this.res.statusCode);
    this.#isNodeFull ??= showHeldBytes(this.res, {
      heldBytes: () => this.heldBytes,
      isFull: () => this.#isFull(),
      isEnded: () => this.#isEnded,
      mustDrain: () => this.#mustDrain,
      onDrain: () => {
        this.#mustDrain = false;
      },
    });
  }

  drained(): void {
    if (!this.#mustDrain || this.#isFull() || this.#isNodeFull?.() === true) return;
    this.res.emit('drain');
  }

  #isFull(): boolean {
    return this.heldBytes >= (this.res.writableHighWaterMark || defaultHighWaterMark);
  }

  #tappedWriteHead(status: number, rest: readonly unknown[]): void {
    const { res } = this;
    if (this.#isObserved || res.headersSent) {
      this.#writeHead?.call(res, status, ...rest);
      return;
    }
    this.#isObserved = true;
    const [first, second] = rest;
    const headers = (typeof first === 'string' ? second : first) as HeadersArgument | undefined;
    res.statusCode = status;
    if (headers !== undefined && headers !== null) mergeHeaders(res, headers);
    for (let i = this.#observers.length - 1; i >= 0; i--) this.#observe(this.#observers[i]);
    const message = typeof first === 'string' && res.statusCode === status ? [first] : [];
    this.#writeHead?.call(res, res.statusCode, ...message);
  }

  #observe(observer: HeadersObserver | undefined): void {
    try {
      observer?.(this.res);
    } catch (error) {
      reportFailure('response', error);
    }
  }

  #write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    if (this.#isEnded && !this.#isEndPassed) return refuseAfterEnd(callback);
    if (this.#isEnded || this.res.destroyed || !isChunk(chunk)) {
      return this.#sink.write(chunk, encoding, callback);
    }
    const hasRoom = this.#chain().write(chunk, encoding, callback);
    if (!hasRoom) this.#mustDrain = true;
    return hasRoom;
  }

  #end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    const isGood = chunk === undefined || isChunk(chunk);
    if (this.#isEndPassed || this.res.destroyed || !isGood) {
      this.#sink.end(chunk, encoding, callback);
    } else if (this.#isEnded) {
      if (callback !== undefined) this.res.once('finish', callback);
    } else {
      const first = this.#chain();
      this.#isEnded = true;
      first.end(chunk, encoding, callback);
    }
  }

  /** The first stage, or Node where there are none; made at the first byte. */
  #chain(): BodySink {
    if (this.#first !== undefined) return this.#first;
    let next: BodySink = this.#sink;
    const stages: BodyStage[] = [];
    for (const place of hasBody(this.res) ? stageOrder.toReversed() : []) {
      const stage = this.#makeStage(this.#factories.get(place), next);
      if (stage === undefined) continue;
      stages.unshift(stage);
      next = stage;
    }
    this.#stages = stages;
    this.#first = next;
    if (stages.length > 0) this.res.once('close', () => this.#abandon());
    return next;
  }

  #makeStage(factory: StageFactory | undefined, next: BodySink): BodyStage | undefined {
    try {
      return factory?.(next, this);
    } catch (error) {
      reportFailure('response', error);
      return undefined;
    }
  }

  #abandon(): void {
    for (const stage of this.#stages ?? []) stage.abandon();
  }

  readonly #sink: BodySink = {
    write: (chunk, encoding, callback) =>
      this.#body?.write.call(this.res, chunk, encoding, callback) ?? false,
    end: (chunk, encoding, callback) => {
      this.#isEnded = true;
      this.#isEndPassed = true;
      this.#body?.end.call(this.res, chunk, encoding, callback);
    },
  };
}

function isChunk(chunk: unknown): chunk is Chunk {
  return typeof chunk === 'string' || isUint8Array(chunk);
}

/** RFC 9110 section 6.4.1. */
function hasBody(res: ServerResponse): boolean {
  return res.statusCode !== 204 && res.statusCode !== 304 && res.req?.method !== 'HEAD';
}

/** The response is still on its way, so it stays whole; only the late writer hears of its mistake. */
function refuseAfterEnd(callback: WriteCallback | undefined): boolean {
  const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
  if (callback !== undefined) process.nextTick(callback, error);
  return false;
}
