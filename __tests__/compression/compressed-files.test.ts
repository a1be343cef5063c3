import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Codec } from '../../lib/compression/codec';
import { CompressedFiles } from '../../lib/compression/compressed-files';
import type { FileVersion } from '../../lib/compression/file-version';

const gzip = new Codec('gzip', 9);
const old = new Date(0);

let folder = '';
let isCalm = true;

function make(maxBytes = 1_000_000): CompressedFiles {
  return new CompressedFiles(maxBytes, { nowMs: () => Date.now(), isCalm: () => isCalm });
}

/** Random text: gzip makes three quarters of it. */
function put(name: string, bytes = 4000, date = old): FileVersion {
  const path = join(folder, name);
  writeFileSync(path, randomBytes(bytes).toString('base64').slice(0, bytes));
  utimesSync(path, date, date);
  const lastModified = statSync(path).mtime.toUTCString();
  return { path, bytes, lastModified, key: `${bytes} ${lastModified}` };
}

async function settled(files: CompressedFiles): Promise<void> {
  while (files.stats.waiting > 0) await new Promise(setImmediate);
}

async function wanted(files: CompressedFiles, ...versions: readonly FileVersion[]): Promise<void> {
  for (const version of versions) files.want(version, gzip);
  await settled(files);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
  isCalm = true;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('CompressedFiles', () => {
  it('has a file after it was asked for, and not before', async () => {
    const files = make();
    const version = put('a');
    expect(files.find(version, [gzip])).toBeUndefined();
    await wanted(files, version);
    const [codec, shared] = files.find(version, [gzip])!;
    expect(codec).toBe(gzip);
    expect(gunzipSync(shared.bytes)).toHaveLength(4000);
    expect(shared.references).toBe(1);
  });

  it('compresses a file once, however often it is asked for', async () => {
    const files = make();
    const compress = jest.spyOn(gzip, 'compress');
    const version = put('a');
    await wanted(files, version, version, version);
    await wanted(files, version);
    expect(compress).toHaveBeenCalledTimes(1);
    compress.mockRestore();
  });

  it('lets go of what was not used for longest when there are too many bytes', async () => {
    const files = make(20_000);
    const versions = Array.from({ length: 8 }, (_, n) => put(String(n)));
    const [first] = versions as [FileVersion];
    for (const version of versions) {
      await wanted(files, version);
      files.find(first, [gzip]);
    }
    const { bytes, evictions, files: kept } = files.stats;
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(evictions).toBe(8 - kept);
    const there = versions.map((version) => files.find(version, [gzip]) !== undefined);
    expect(there).toEqual([true, false, false, false, ...Array(4).fill(true)]);
  });

  it('keeps an evicted file for those who hold a reference', async () => {
    const files = make(9_000);
    const [a, b, c] = [put('a', 2000), put('b', 2000), put('c', 2000)];
    await wanted(files, a);
    const held = files.find(a, [gzip])![1].retain();
    for (const version of [b, c, put('d', 2000), put('e', 2000)]) await wanted(files, version);
    expect(files.find(a, [gzip])).toBeUndefined();
    expect(gunzipSync(held.bytes)).toHaveLength(2000);
    held.release();
    expect(held.references).toBe(0);
  });

  it('drops an old version as soon as a new one is seen', async () => {
    const files = make();
    const before = put('a');
    await wanted(files, before);
    const [, shared] = files.find(before, [gzip])!;
    const after = put('a', 4000, new Date(5000));
    expect(files.find(after, [gzip])).toBeUndefined();
    expect(shared.references).toBe(0);
    expect(files.stats).toMatchObject({ files: 0, bytes: 0 });
  });

  it('does not take a file that is not what the response described', async () => {
    const files = make();
    const version = put('a');
    put('a', 5000);
    await wanted(files, version);
    put('b', 4000, new Date(5000));
    await wanted(files, { ...version, path: join(folder, 'b') });
    await wanted(files, { ...version, path: join(folder, 'missing') });
    expect(files.stats).toEqual({ files: 0, bytes: 0, waiting: 0, evictions: 0 });
  });

  it('leaves out files that take more than a quarter of the limit', async () => {
    const files = make(15_000);
    await wanted(files, put('a'));
    expect(files.stats).toMatchObject({ files: 0, waiting: 0 });
  });

  it('remembers what does not get smaller, and keeps no bytes of it', async () => {
    const files = make();
    const path = join(folder, 'noise');
    writeFileSync(path, randomBytes(4000));
    utimesSync(path, old, old);
    const version = { path, bytes: 4000, lastModified: old.toUTCString(), key: 'noise' };
    const compress = jest.spyOn(gzip, 'compress');
    await wanted(files, version);
    await wanted(files, version);
    expect(compress).toHaveBeenCalledTimes(1);
    expect(files.find(version, [gzip])).toBeUndefined();
    compress.mockRestore();
  });

  it('waits while there is no CPU to spare', async () => {
    const files = make();
    const version = put('a');
    isCalm = false;
    files.want(version, gzip);
    await new Promise(setImmediate);
    expect(files.stats.waiting).toBe(1);
    isCalm = true;
    await wanted(files, put('b'));
    expect(files.find(version, [gzip])).toBeDefined();
  });
});
