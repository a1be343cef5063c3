import type { ReadStream, Stats } from 'node:fs';
import type { ServerResponse } from 'node:http';

/** A file as a response describes it: `send` and its like have asked the disk just now. */
export interface FileVersion {
  readonly path: string;
  readonly bytes: number;
  readonly lastModified: string;
  /** Tells this version of the file from all others. */
  readonly key: string;
}

/**
 * The file that is piped into a response as its whole body, by what the headers say of it.
 *
 * @returns `undefined` when it is something else, or a part, or nothing tells its version.
 */
export function fileVersionOf(source: ReadStream, res: ServerResponse): FileVersion | undefined {
  if (res.statusCode !== 200) return undefined;
  const { path, start = 0, end } = source as ReadStream & { start?: number; end?: number };
  const bytes = Number(res.getHeader('content-length'));
  const lastModified = res.getHeader('last-modified');
  if (typeof path !== 'string' || typeof lastModified !== 'string') return undefined;
  const isWhole = start === 0 && (end === undefined || end === Infinity || end === bytes - 1);
  if (!isWhole || !Number.isSafeInteger(bytes) || bytes <= 0) return undefined;
  const tag = String(res.getHeader('etag') ?? '');
  return { path, bytes, lastModified, key: `${bytes} ${lastModified} ${tag}` };
}

/** Whether a file on disk is the one that a response described. */
export function isVersion({ bytes, lastModified }: FileVersion, stats: Stats): boolean {
  return stats.isFile() && stats.size === bytes && stats.mtime.toUTCString() === lastModified;
}

/** Makes a file stream end without having read anything. */
export function skipContent(source: ReadStream): void {
  source._read = function readNothing() {
    this.push(null);
  };
}
