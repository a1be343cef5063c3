import { coders } from './node-zlib';
import type { Coder, CoderOptions, CoderStream, Encoding } from './node-zlib';

/** What distinguishes an encoding of its own from the coder that it is made with. */
export interface CodecExtras {
  /** As it stands in `Content-Encoding`. @default that of the coder */
  readonly name?: string;
  /** Tells it from all others, where the name does not. @default the name */
  readonly id?: string;
  /** Turns the first bytes of a body into those that are sent. */
  readonly begin?: (first: Buffer) => Buffer;
}

/** One way to compress: an encoding at a level, with everything the coder must know. */
export class Codec {
  readonly encoding: Encoding;
  /** As it stands in `Content-Encoding`. */
  readonly name: string;
  readonly id: string;
  readonly level: number;
  readonly #coder: Coder;
  readonly #options: CoderOptions;
  readonly #immediate: CoderOptions;
  readonly #begin: ((first: Buffer) => Buffer) | undefined;

  /** @param settings The caller's options for the coder; the level is put in its place. */
  constructor(
    encoding: Encoding,
    level: number,
    settings: CoderOptions = {},
    { name = encoding, id = name, begin }: CodecExtras = {},
  ) {
    const coder = coders[encoding];
    if (coder === undefined) throw new RangeError(`this Node cannot compress ${encoding}`);
    this.encoding = encoding;
    this.name = name;
    this.id = id;
    this.level = level;
    this.#coder = coder;
    const { levelParameter } = coder;
    this.#options =
      levelParameter === undefined
        ? { ...settings, level }
        : { ...settings, params: { ...settings.params, [levelParameter]: level } };
    this.#immediate = { ...this.#options, flush: coder.flushKind };
    this.#begin = begin;
  }

  get flushKind(): number {
    return this.#coder.flushKind;
  }

  /** The first bytes of a stream as they are sent. */
  begin(first: Buffer): Buffer {
    return this.#begin === undefined ? first : this.#begin(first);
  }

  /** Compresses a whole body at once, on the event loop. */
  compressSync(body: Uint8Array): Buffer {
    return this.begin(this.#coder.compressSync(body, this.#options));
  }

  /** Compresses a whole body in a thread. */
  compress(body: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#coder.compress(body, this.#options, (error, result) => {
        if (error === null) resolve(this.begin(result));
        else reject(error);
      });
    });
  }

  /** @param isImmediate Whether every write leaves at once. */
  createStream(isImmediate: boolean): CoderStream {
    return this.#coder.createStream(isImmediate ? this.#immediate : this.#options);
  }
}
