import type {
  BodySink,
  BodyStage,
  Chunk,
  TappedResponse,
  WriteCallback,
} from '../response/body-stage';
import type { Compressor } from './compressor';
import { EncoderStage, toBuffer } from './encoder-stage';
import type { Decision } from './plan';

const nothing = Buffer.alloc(0);

/** The body of one response: it turns to its way when the first bytes come. */
export class CompressionStage implements BodyStage {
  readonly #response: Decision;
  readonly #compressor: Compressor;
  readonly #next: BodySink;
  readonly #tapped: TappedResponse;
  #encoder: EncoderStage | undefined;
  #way: BodySink | undefined;

  constructor(response: Decision, compressor: Compressor, next: BodySink, tapped: TappedResponse) {
    this.#response = response;
    this.#compressor = compressor;
    this.#next = next;
    this.#tapped = tapped;
  }

  get heldBytes(): number {
    return this.#encoder?.heldBytes ?? 0;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    return (this.#way ?? this.#choose()).write(chunk, encoding, callback);
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    if (this.#way !== undefined || this.#response.plan !== undefined) {
      (this.#way ?? this.#choose()).end(chunk, encoding, callback);
    } else this.#endWhole(chunk, encoding, callback);
  }

  flush(): void {
    this.#encoder?.flush();
  }

  abandon(): void {
    this.#encoder?.abandon();
  }

  #choose(): BodySink {
    const response = this.#response;
    if (response.plan === undefined) {
      if (response.wants()) this.#tapped.holdHeaders();
      else response.leaveAlone();
    }
    return (this.#way = this.#follow());
  }

  /** The plan as it is once the head has left, or looks so. */
  #follow(): BodySink {
    const { plan } = this.#response;
    if (plan === undefined || plan.kind === 'identity') return this.#next;
    if (plan.kind === 'encoded') return new ReadyBody(this.#next, plan.bytes);
    const { codec, isFile } = plan;
    this.#encoder = new EncoderStage(this.#next, this.#tapped, codec, this.#compressor, isFile);
    return this.#encoder;
  }

  /** The head has not left, so that it can tell the length of what is sent. */
  #endWhole(chunk: Chunk | undefined, encoding?: BufferEncoding, callback?: WriteCallback): void {
    const response = this.#response;
    const body = chunk === undefined ? nothing : toBuffer(chunk, encoding);
    if (!response.wants(body.length)) {
      response.leaveAlone();
      this.#next.end(chunk, encoding, callback);
      return;
    }
    if (this.#compressor.isSmall(body.length)) response.takeWhole(body);
    this.#tapped.commitHeaders();
    this.#follow().end(body, undefined, callback);
  }
}

/** A body that is known as a whole: what the app writes of it adds nothing. */
class ReadyBody implements BodySink {
  readonly #next: BodySink;
  readonly #bytes: Buffer;

  constructor(next: BodySink, bytes: Buffer) {
    this.#next = next;
    this.#bytes = bytes;
  }

  write(_chunk: Chunk, _encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }

  end(_chunk?: Chunk, _encoding?: BufferEncoding, callback?: WriteCallback): void {
    this.#next.end(this.#bytes, undefined, callback);
  }
}
