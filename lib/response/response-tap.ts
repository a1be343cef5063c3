import type { ServerResponse } from 'node:http';
import { isUint8Array } from 'node:util/types';
import { reportFailure } from '../util/diagnostics';
import { kFinalHead } from '../util/final-head';
import { refuseLateWrite } from '../util/late-write';
import { mergeHeaders } from '../util/merge-headers';
import type { HeadersArgument } from '../util/merge-headers';
import { kHead, kSendHead, kTap, kUntapped } from '../util/tapping';
import type { Tapping } from '../util/tapping';
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
import { NodeSink } from './node-sink';
import { StageLink } from './stage-link';
import {
  isNodeFull,
  isTapped,
  showHeldBytes,
  tapBodyMethods,
  tapWriteHead,
  watchClose,
  watchPipes,
} from './tapped-methods';
import type { BodyMethods, Tapped, WriteHead } from './tapped-methods';

/** Called once, just before the headers leave; may still change them. */
export type HeadersObserver = (res: ServerResponse) => void;

/** Called when somebody pipes `source` into the response. */
export type PipeObserver = (source: unknown, res: ServerResponse) => void;

const placesFromNode: readonly StagePlace[] = stageOrder.toReversed();

/** All keys from the start: V8 keeps one shape for all responses. */
const noFactories: Record<StagePlace, StageFactory | undefined> = {
  scan: undefined,
  observe: undefined,
  transform: undefined,
  store: undefined,
  coalesce: undefined,
  gate: undefined,
};

/** Node's default for streams, for responses that do not tell theirs. */
const defaultHighWaterMark = 16_384;

/**
 * The one place that gets between a response and what it was told. Parts that want to see or change
 * what leaves register here:
 *
 *     app -> [scan] -> [observe] -> [transform] -> [store] -> [coalesce] -> [gate] -> Node
 *
 * An HTTP/2 response of ours asks its tap by itself; of others the methods are replaced when the
 * first part registers, and only those that it needs: a response nobody registers on is not touched.
 * What another middleware put in place of `res.write` before is left alone: then headers can be
 * observed, but of the body stages only `'store'` applies, which passes every chunk on as it came.
 */
export class ResponseTap implements TappedResponse, Tapping {
  readonly res: Tapped;
  seesHead = false;
  seesBody = false;
  #observers: HeadersObserver[] | undefined;
  #factories: Record<StagePlace, StageFactory | undefined> | undefined;
  /** Nothing but `'coalesce'` is registered: a body that comes whole with `end` passes as it is. */
  #onlyCoalesces = true;
  #onPipe: PipeObserver | undefined;
  #laterOnPipe: PipeObserver[] | undefined;
  #writeHead: WriteHead | undefined;
  /** Another middleware put its own `res.write` there first. */
  #isForeign = false;
  #body: BodyMethods | undefined;
  /** The response is of ours, and tells the tap what happens to it. */
  readonly #asksItself: boolean;
  /** Whether the head was ever held back: else nobody need ask the response for it. */
  #hasHeldHead = false;
  /** Only on HTTP/2; asked directly, because it is asked often. */
  #stream: Tapped['stream'];
  /** Where bytes enter; there once the body began. */
  #first: BodySink | undefined;
  #stages: StageLink | undefined;
  #isObserved = false;
  #isEnded = false;
  #isEndPassed = false;
  #mustDrain = false;
  #showsHeldBytes = false;
  /** @internal While Node's own `write` runs, which may ask for lengths of its own. */
  isInNode = false;

  /** The tap of a response; the first call makes it. */
  static of(res: ServerResponse): ResponseTap {
    const tapped = res as Tapped & { [kTap]?: ResponseTap };
    return (tapped[kTap] ??= new ResponseTap(tapped));
  }

  private constructor(res: Tapped) {
    this.res = res;
    this.#asksItself = res[kUntapped] !== undefined;
  }

  get ended(): boolean {
    return this.#isEnded;
  }

  /** True after a `write` answered `false`, until `drain`. */
  get mustDrain(): boolean {
    return this.#mustDrain;
  }

  /** Bytes that stages hold: written by the app, not yet given to Node. */
  get heldBytes(): number {
    return this.#stages?.heldBytes ?? 0;
  }

  /** Registers an observer of the headers. The one registered last is called first, as in `on-headers`. */
  onHeaders(observer: HeadersObserver): void {
    if (this.#observers !== undefined) {
      this.#observers.push(observer);
      return;
    }
    this.#observers = [observer];
    this.#writeHead = tapWriteHead(this.res);
    this.seesHead = this.#writeHead === this.res[kUntapped]?.writeHead;
  }

  /**
   * Puts a stage at a place; one stage per place, and none once the body has begun.
   *
   * @returns Whether the stage was taken.
   */
  use(place: StagePlace, factory: StageFactory): boolean {
    if (this.#first !== undefined || this.#factories?.[place] !== undefined) return false;
    if (this.#body === undefined) {
      this.#isForeign = Object.hasOwn(this.res, 'write');
      if (this.#isForeign && place !== 'store') return false;
      this.#body = tapBodyMethods(this.res);
      this.seesBody = this.#body === this.res[kUntapped];
    } else if (this.#isForeign) return false;
    this.#factories ??= { ...noFactories };
    this.#factories[place] = factory;
    if (place !== 'coalesce') this.#onlyCoalesces = false;
    return true;
  }

  /** Takes back a stage that has not been made: it will not be. */
  withdraw(place: StagePlace): void {
    if (this.#first === undefined && this.#factories !== undefined) {
      this.#factories[place] = undefined;
    }
  }

  /** @internal Calls `observer` when somebody pipes into the response, in the order of registration. */
  onPipe(observer: PipeObserver): void {
    if (this.#onPipe !== undefined) {
      (this.#laterOnPipe ??= []).push(observer);
      return;
    }
    watchPipes(this.res);
    this.#onPipe = observer;
  }

  /** @internal */
  piped(source: unknown): void {
    this.#onPipe?.(source, this.res);
    if (this.#laterOnPipe !== undefined) {
      for (const observer of this.#laterOnPipe) observer(source, this.res);
    }
  }

  /** Whether a stage is registered at a place. */
  has(place: StagePlace): boolean {
    return this.#factories?.[place] !== undefined;
  }

  /** True when a stage at `'coalesce'` gets the very chunks that are written. */
  get isDirect(): boolean {
    const { coalesce, transform } = this.#factories ?? noFactories;
    return coalesce !== undefined && transform === undefined && isTapped(this.res);
  }

  /** True when nobody sees the bytes of the app before the stage at a place does. */
  isFirst(place: StagePlace): boolean {
    const first = stageOrder.find((one) => one === place || this.#factories?.[one] !== undefined);
    return first === place && this.#factories?.[place] !== undefined && isTapped(this.res);
  }

  commitHeaders(): void {
    const { res } = this;
    if (res[kSendHead] !== undefined) res[kSendHead]();
    if (!res.headersSent) {
      if (this.#isEnded) res[kFinalHead] = true;
      res.writeHead(res.statusCode);
    }
    this.#showHeldBytes();
  }

  holdHeaders(): void {
    const { res } = this;
    if (res[kSendHead] === undefined) {
      this.commitHeaders();
      return;
    }
    if (res.headersSent) return;
    this.#hasHeldHead = true;
    res[kHead] = 'wanted';
    res.writeHead(res.statusCode);
    if (res[kHead] === 'wanted') res[kHead] = undefined;
  }

  drained(): void {
    if (this.#mustDrain && !this.#isFull() && !isNodeFull(this.res, this.#stream))
      this.res.emit('drain');
  }

  /** @internal */
  nodeDrained(): boolean {
    if (this.#isFull()) return false;
    this.#mustDrain = false;
    return true;
  }

  /** @internal `res.writeHead`, which Node calls for implicit headers too. */
  writeHead(status: number, rest: readonly unknown[]): void {
    const { res } = this;
    const observers = this.#observers;
    if (this.#isObserved || observers === undefined || res.headersSent) {
      this.#writeHead?.call(res, status, ...rest);
      return;
    }
    this.#isObserved = true;
    const [first, second] = rest;
    const headers = (typeof first === 'string' ? second : first) as HeadersArgument | undefined;
    res.statusCode = status;
    if (headers !== undefined && headers !== null) mergeHeaders(res, headers);
    for (let i = observers.length - 1; i >= 0; i--) this.#observe(observers[i]);
    if (typeof first === 'string' && res.statusCode === status) {
      this.#writeHead?.call(res, status, first);
    } else this.#writeHead?.call(res, res.statusCode);
  }

  /** @internal `res.write`. */
  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    if (this.#isEnded && !this.#isEndPassed) return refuseLateWrite(callback);
    const first = this.#first ?? this.#begin('write');
    if (this.#isEnded || this.isGone || !isChunk(chunk)) {
      return this.writeToNode(chunk, encoding, callback);
    }
    const hasRoom = first.write(chunk, encoding, callback);
    // Whoever stands between the app and Node emits the drain of its own.
    if (!hasRoom && !this.#isForeign) this.#mustDrain = true;
    return hasRoom;
  }

  /** @internal `res.end`. */
  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    const first = this.#first ?? this.#begin('end');
    const isGood = chunk === undefined || isChunk(chunk);
    if (this.#isEndPassed || this.isGone || !isGood) {
      this.endToNode(chunk, encoding, callback);
    } else if (this.#isEnded) {
      if (callback !== undefined) this.res.once('finish', callback);
    } else {
      this.#isEnded = true;
      first.end(chunk, encoding, callback);
    }
  }

  /** Passes on what the stages hold, first stage first. */
  flush(): void {
    this.#stages?.flush();
    this.#body?.flush?.call(this.res);
  }

  /** @internal The response closed. */
  abandon(): void {
    this.#stages?.abandon();
  }

  #isFull(): boolean {
    return this.heldBytes >= (this.res.writableHighWaterMark || defaultHighWaterMark);
  }

  #observe(observer: HeadersObserver | undefined): void {
    try {
      observer?.(this.res);
    } catch (error) {
      reportFailure('response', error);
    }
  }

  /** @internal True once the response was torn down. */
  get isGone(): boolean {
    return this.#stream === undefined ? this.res.destroyed : this.#stream.destroyed;
  }

  /**
   * Makes the stages at the first byte. A body that comes whole with `end` has nothing to coalesce.
   */
  #begin(call: 'write' | 'end'): BodySink {
    const { res } = this;
    this.#stream = res.stream;
    let next: BodySink = new NodeSink(this);
    const isWhole = call === 'end' && this.#onlyCoalesces;
    if (isWhole || !hasBody(res)) return (this.#first = next);
    for (const place of placesFromNode) {
      if (this.#factories?.[place] === undefined) continue;
      if (call === 'end' && place === 'coalesce') continue;
      const stage = this.#makeStage(place, next);
      if (stage === undefined) continue;
      this.#stages = new StageLink(stage, this.#stages);
      next = stage;
    }
    if (this.#stages !== undefined && !this.#asksItself) watchClose(res);
    return (this.#first = next);
  }

  /** Responses of ours ask the tap by themselves. */
  #showHeldBytes(): void {
    if (this.#showsHeldBytes || this.#asksItself) return;
    this.#showsHeldBytes = true;
    showHeldBytes(this.res, this);
  }

  #makeStage(place: StagePlace, next: BodySink): BodyStage | undefined {
    try {
      return this.#factories?.[place]?.(next, this);
    } catch (error) {
      reportFailure('response', error);
      return undefined;
    }
  }

  /** @internal */
  writeToNode(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    const { res } = this;
    if (this.#hasHeldHead && typeof res[kHead] === 'object') res[kSendHead]?.();
    this.isInNode = true;
    try {
      return this.#body?.write.call(res, chunk, encoding, callback) ?? false;
    } finally {
      this.isInNode = false;
    }
  }

  /** @internal A head that was held leaves with the end. */
  endToNode(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    this.#isEnded = true;
    this.#isEndPassed = true;
    const { res } = this;
    const head = this.#hasHeldHead ? res[kHead] : undefined;
    if (typeof head === 'object') {
      res[kHead] = undefined;
      res.statusCode = head.statusCode;
    }
    this.#body?.end.call(res, chunk, encoding, callback);
  }
}

function isChunk(chunk: unknown): chunk is Chunk {
  return typeof chunk === 'string' || isUint8Array(chunk);
}

/** RFC 9110 section 6.4.1. */
function hasBody(res: ServerResponse): boolean {
  return res.statusCode !== 204 && res.statusCode !== 304 && res.req?.method !== 'HEAD';
}
