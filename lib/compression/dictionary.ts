import { createHash } from 'node:crypto';
import { Codec } from './codec';
import type { CoderOptions, Encoding } from './node-zlib';
import { coders } from './node-zlib';

/** Content codings of RFC 9842. */
export type DictionaryEncoding = 'dcb' | 'dcz';

interface Format {
  readonly encoding: Encoding;
  /** What a stream begins with, before the hash of the dictionary (sections 4 and 5). */
  readonly magic: Buffer;
  /** Level for bodies made for one response. Below 5 Brotli does not look into its dictionary. */
  readonly level: number;
}

const formats: Readonly<Record<DictionaryEncoding, Format>> = {
  dcb: { encoding: 'br', magic: Buffer.from('ff444342', 'hex'), level: 5 },
  dcz: { encoding: 'zstd', magic: Buffer.from('5e2a4d1820000000', 'hex'), level: 3 },
};

let supported: readonly DictionaryEncoding[] | undefined;

/** Those that this Node can make: it is asked, for Node 20 and 22 drop a dictionary silently. */
export function dictionaryEncodings(): readonly DictionaryEncoding[] {
  return (supported ??= (['dcb', 'dcz'] as const).filter(usesDictionary));
}

function usesDictionary(name: DictionaryEncoding): boolean {
  const { encoding, level } = formats[name];
  const text = createHash('sha512').update('sample').digest();
  if (coders[encoding] === undefined) return false;
  const codec = new Codec(encoding, level, { dictionary: text });
  return codec.compressSync(text).length < text.length / 2;
}

/** Zstandard would take such a file for a trained dictionary; RFC 9842 wants its bytes as they are. */
const trainedMagic = Buffer.from('37a430ec', 'hex');

/** Bytes that both sides have, known by their hash. */
export class Dictionary {
  /** SHA-256 in Base64, as in `Available-Dictionary`. */
  readonly hash: string;
  readonly bytes: Buffer;
  readonly #digest: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#digest = createHash('sha256').update(bytes).digest();
    this.hash = this.#digest.toString('base64');
  }

  /** False for bytes that a coder would take for something else. */
  static accepts(bytes: Buffer): boolean {
    return bytes.length > 0 && !bytes.subarray(0, trainedMagic.length).equals(trainedMagic);
  }

  /**
   * Compresses with this dictionary, at the level for one response or at the best.
   *
   * @param settings The caller's options for the coder.
   */
  codec(
    name: DictionaryEncoding,
    settings: Readonly<Record<Encoding, CoderOptions>>,
    isBest: boolean,
  ): Codec {
    const { encoding, level, magic } = formats[name];
    const best = coders[encoding]?.bestLevel ?? level;
    const head = Buffer.concat([magic, this.#digest]);
    return new Codec(
      encoding,
      isBest ? best : level,
      { ...settings[encoding], dictionary: this.bytes },
      {
        name,
        id: `${name} ${this.hash}`,
        begin: (first) => Buffer.concat([head, first]),
      },
    );
  }
}
