import { open, readFile } from 'node:fs/promises';
import type { Codec } from './codec';
import { isVersion } from './file-version';
import type { FileVersion } from './file-version';
import { coders } from './node-zlib';

/** Endings of files that lie compressed beside their original. */
const endings = { br: '.br', zstd: '.zst', gzip: '.gz', deflate: '.zz' } as const;

/**
 * A file may change again within the same tick of the file system's clock, the coarsest of which
 * counts in two seconds; only then is a new version told by its date.
 */
const settledMs = 2_000;

/**
 * Reads a file that a response described.
 *
 * @returns `undefined` when it is not that version any more, or too young to be told from the next.
 */
export async function readVersion(
  version: FileVersion,
  nowMs: number,
): Promise<Buffer | undefined> {
  const file = await open(version.path);
  try {
    const before = await file.stat();
    if (!isVersion(version, before) || nowMs - before.mtimeMs < settledMs) return undefined;
    const content = await file.readFile();
    const after = await file.stat();
    const isSame = isVersion(version, after) && after.mtimeMs === before.mtimeMs;
    return isSame && content.length === version.bytes ? content : undefined;
  } finally {
    await file.close();
  }
}

/**
 * The content of a file compressed: what lies ready beside it, if that is the same text, or made now.
 * Dates say nothing about that: deployments and archives set them.
 */
export async function encodeFile(path: string, content: Buffer, codec: Codec): Promise<Buffer> {
  return (await readReady(path, content, codec)) ?? codec.compress(content);
}

async function readReady(
  path: string,
  content: Buffer,
  { encoding, name }: Codec,
): Promise<Buffer | undefined> {
  if (name !== encoding) return undefined;
  const ready = await readFile(path + endings[encoding]).catch(() => undefined);
  if (ready === undefined || ready.length >= content.length) return undefined;
  const text = await new Promise<Buffer | undefined>((resolve) => {
    coders[encoding]?.decompress(ready, { maxOutputLength: content.length + 1 }, (error, result) =>
      resolve(error === null ? result : undefined),
    );
  });
  return text?.equals(content) === true ? ready : undefined;
}
