import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

/** Content codings of RFC 9110 and RFC 8878, as they stand in `Content-Encoding`. */
export type Encoding = 'br' | 'zstd' | 'gzip' | 'deflate';

/** What all of Node's compressors understand; the rest is theirs. */
export interface CoderOptions {
  readonly params?: Readonly<Record<number, number | boolean>>;
  readonly level?: number;
  /** What is done after every write. */
  readonly flush?: number;
  readonly dictionary?: Uint8Array;
}

/** A stream that compresses what is written, in libuv's threads. */
export interface CoderStream extends Transform {
  flush(kind: number, callback?: () => void): void;
}

type Done = (error: Error | null, result: Buffer) => void;

/** One of Node's compressors. */
export interface Coder {
  readonly createStream: (options: CoderOptions) => CoderStream;
  readonly compressSync: (body: Uint8Array, options: CoderOptions) => Buffer;
  readonly compress: (body: Uint8Array, options: CoderOptions, done: Done) => void;
  readonly decompress: (body: Uint8Array, options: object, done: Done) => void;
  /** Writes out all bytes so far and keeps what was learned of the text. */
  readonly flushKind: number;
  /** The parameter that holds the level; `undefined`: the option `level` does. */
  readonly levelParameter: number | undefined;
  readonly bestLevel: number;
}

/** zstd is in Node from 22.15 and 23.8 on, and not in the types of Node 20. */
interface Zstd {
  readonly createZstdCompress?: Coder['createStream'];
  readonly zstdCompressSync: Coder['compressSync'];
  readonly zstdCompress: Coder['compress'];
  readonly zstdDecompress: Coder['decompress'];
}

const constants: Readonly<Record<string, number | undefined>> = zlib.constants;
const { createZstdCompress, zstdCompressSync, zstdCompress, zstdDecompress } =
  zlib as unknown as Zstd;

const zstd: Coder | undefined = createZstdCompress && {
  createStream: createZstdCompress,
  compressSync: zstdCompressSync,
  compress: zstdCompress,
  decompress: zstdDecompress,
  flushKind: constants['ZSTD_e_flush'] ?? 1,
  levelParameter: constants['ZSTD_c_compressionLevel'] ?? 100,
  bestLevel: 19,
};

const brotli = {
  createStream: zlib.createBrotliCompress,
  compressSync: zlib.brotliCompressSync,
  compress: zlib.brotliCompress,
  decompress: zlib.brotliDecompress,
  flushKind: zlib.constants.BROTLI_OPERATION_FLUSH,
  levelParameter: zlib.constants.BROTLI_PARAM_QUALITY,
  bestLevel: zlib.constants.BROTLI_MAX_QUALITY,
} as Coder;

const gzip = {
  createStream: zlib.createGzip,
  compressSync: zlib.gzipSync,
  compress: zlib.gzip,
  decompress: zlib.gunzip,
  // A full flush, Node's default, would forget the text so far.
  flushKind: zlib.constants.Z_SYNC_FLUSH,
  levelParameter: undefined,
  bestLevel: zlib.constants.Z_BEST_COMPRESSION,
} as Coder;

const deflate = {
  ...gzip,
  createStream: zlib.createDeflate,
  compressSync: zlib.deflateSync,
  compress: zlib.deflate,
  decompress: zlib.inflate,
} as Coder;

/** Node's compressors by encoding; without zstd where Node has none. */
export const coders: Readonly<Partial<Record<Encoding, Coder>>> = {
  br: brotli,
  ...(zstd === undefined ? {} : { zstd }),
  gzip,
  deflate,
};

/** What this Node can make, best first. */
export const supportedEncodings: readonly Encoding[] = Object.keys(coders) as Encoding[];
