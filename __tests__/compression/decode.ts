import zlib from 'node:zlib';
import type { Reply } from '../support/test-client';

type Decode = (bytes: Buffer, options?: { readonly dictionary?: Buffer }) => Buffer;

const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync?: Decode };

/** Whether this Node has Zstandard. */
export const hasZstd = zstdDecompressSync !== undefined;

const decoders: Readonly<Record<string, Decode | undefined>> = {
  br: zlib.brotliDecompressSync as Decode,
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  zstd: zstdDecompressSync,
  identity: (bytes) => bytes,
};

/** The body of a reply as the app wrote it. */
export function decode({ headers, bytes }: Pick<Reply, 'headers' | 'bytes'>): string {
  const encoding = headers['content-encoding'] ?? 'identity';
  const decoder = decoders[encoding];
  if (decoder === undefined) throw new Error(`no decoder for ${encoding}`);
  return decoder(bytes).toString();
}
