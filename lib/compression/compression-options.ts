import type { IncomingMessage, ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import type { BrotliOptions } from 'node:zlib';
import { parse } from 'bytes';
import { boolean, custom, integer, oneOf, parseOptions } from '../util/options';
import type { OptionRules } from '../util/options';
import { compressibleResponse } from './compressible-response';
import { areDictionaries } from './dictionary-options';
import type { DictionaryOptions } from './dictionary-options';
import { coders, supportedEncodings } from './node-zlib';
import type { CoderOptions, Encoding } from './node-zlib';

/** Whether a response may be compressed. Called once for each, when its headers are known. */
export type CompressionFilter = (req: IncomingMessage, res: ServerResponse) => boolean;

/** Options of `dynamicCompression`; those that `compression` has mean the same. */
export interface CompressionOptions {
  /**
   * Bodies of fewer bytes are left alone, where their length is known: a number, or a string such as
   * `'1kb'`.
   *
   * @default 1024
   */
  readonly threshold?: number | string;

  /**
   * Whether a response may be compressed.
   *
   * @default `dynamicCompression.filter`: content types that are known to shrink
   */
  readonly filter?: CompressionFilter;

  /**
   * Level of gzip and deflate, from 0 to 9; -1 means 6. Under load a lower one is taken.
   *
   * @default -1
   */
  readonly level?: number;

  /** Bytes of output a gzip or deflate stream makes at a time. @default 16384 */
  readonly chunkSize?: number;

  /** Memory of gzip and deflate, from 1 to 9. @default 8 */
  readonly memLevel?: number;

  /** Strategy of gzip and deflate, one of `zlib.constants.Z_*`. @default 0 */
  readonly strategy?: number;

  /** Window of gzip and deflate as a power of two, from 9 to 15. @default 15 */
  readonly windowBits?: number;

  /**
   * Options of `zlib.createBrotliCompress`. `params` may set the quality, else it is 4.
   *
   * @default {}
   */
  readonly brotli?: BrotliOptions;

  /**
   * Options of `zlib.createZstdCompress`, on Node versions that have it. `params` may set the level,
   * else it is 3.
   *
   * @default {}
   */
  readonly zstd?: { readonly params?: Readonly<Record<number, number | boolean>> };

  /**
   * What a client gets that sends no `Accept-Encoding`.
   *
   * @default 'identity'
   */
  readonly enforceEncoding?: Encoding | 'identity';

  /**
   * Whether the server takes cheaper encodings, and at last none, while it is short of CPU.
   *
   * @default true
   */
  readonly adaptive?: boolean;

  /**
   * Most bytes of compressed files that are kept; 0: none are made.
   *
   * @default 33554432 (32 MiB)
   */
  readonly maxFileBytes?: number;

  /**
   * Dictionaries for clients that keep them, on Node versions whose compressors take one.
   *
   * @default []
   */
  readonly dictionaries?: readonly DictionaryOptions[];

  /**
   * Whether responses say in `Server-Timing` what was done: `compression;desc="br 4";dur=0.3`.
   *
   * @default false
   */
  readonly serverTiming?: boolean;
}

/** Options as the request path reads them. */
export interface CompressionSettings {
  readonly thresholdBytes: number;
  readonly filter: CompressionFilter;
  readonly coder: Readonly<Record<Encoding, CoderOptions>>;
  /** Levels the caller asked for. */
  readonly level: Readonly<Partial<Record<Encoding, number>>>;
  readonly enforceEncoding: Encoding | 'identity';
  readonly isAdaptive: boolean;
  readonly maxFileBytes: number;
  readonly dictionaries: readonly DictionaryOptions[];
  readonly tellsTiming: boolean;
}

const defaultLevel = 6;

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const rules: OptionRules<CompressionOptions> = {
  threshold: custom<number | string>(
    "a number of bytes, or a string such as '1kb'",
    1024,
    (value) =>
      (typeof value === 'number' || typeof value === 'string') && (parse(value) ?? -1) >= 0,
  ),
  filter: custom<CompressionFilter>(
    'a function of a request and a response',
    compressibleResponse,
    (value) => typeof value === 'function',
  ),
  level: integer(-1, -1, 9),
  chunkSize: integer(zlib.constants.Z_DEFAULT_CHUNK, zlib.constants.Z_MIN_CHUNK),
  memLevel: integer(zlib.constants.Z_DEFAULT_MEMLEVEL, 1, 9),
  strategy: integer(0, 0, zlib.constants.Z_FIXED),
  windowBits: integer(zlib.constants.Z_DEFAULT_WINDOWBITS, 9, 15),
  brotli: custom<BrotliOptions>('an object of options', {}, isObject),
  zstd: custom<Required<CompressionOptions>['zstd']>('an object of options', {}, isObject),
  enforceEncoding: oneOf([...supportedEncodings, 'identity'], 'identity'),
  adaptive: boolean(true),
  maxFileBytes: integer(32 * 1024 * 1024),
  dictionaries: custom<readonly DictionaryOptions[]>(
    'a list of { match, matchDest, files, url }, where match is a path in which only * is special',
    [],
    areDictionaries,
  ),
  serverTiming: boolean(false),
};

/**
 * Checks and completes the options.
 *
 * @throws TypeError or RangeError for a bad option, of ours or of Node's compressors.
 */
export function parseCompressionOptions(given: unknown): CompressionSettings {
  const parsed = parseOptions<CompressionOptions>('dynamicCompression', given, rules);
  const { chunkSize, memLevel, strategy, windowBits } = parsed;
  const deflate: CoderOptions = { chunkSize, memLevel, strategy, windowBits } as CoderOptions;
  const coder = {
    br: parsed.brotli as CoderOptions,
    zstd: parsed.zstd,
    gzip: deflate,
    deflate,
  };
  for (const encoding of supportedEncodings) {
    coders[encoding]?.createStream({ ...coder[encoding] }).destroy();
  }
  const level = parsed.level < 0 ? defaultLevel : parsed.level;
  return {
    thresholdBytes: parse(parsed.threshold) ?? 0,
    filter: parsed.filter,
    coder,
    level: {
      gzip: level,
      deflate: level,
      ...levelOf('br', coder.br),
      ...levelOf('zstd', coder.zstd),
    },
    enforceEncoding: parsed.enforceEncoding,
    isAdaptive: parsed.adaptive,
    maxFileBytes: parsed.maxFileBytes,
    dictionaries: parsed.dictionaries,
    tellsTiming: parsed.serverTiming,
  };
}

/** The level that the caller's parameters set. */
function levelOf(encoding: Encoding, { params }: CoderOptions): Partial<Record<Encoding, number>> {
  const parameter = coders[encoding]?.levelParameter;
  const level = parameter === undefined ? undefined : params?.[parameter];
  return typeof level === 'number' ? { [encoding]: level } : {};
}
