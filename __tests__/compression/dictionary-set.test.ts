import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import express from 'express';
import { dictionaryEncodings } from '../../lib/compression/dictionary';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import type { DictionaryOptions } from '../../lib/compression/dictionary-options';
import { overHttp2 } from '../../lib/server/over-http2';
import type { Reply } from '../support/test-client';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';
import { decode } from './decode';

type Decode = (bytes: Buffer, options: { readonly dictionary: Buffer }) => Buffer;

const { brotliDecompressSync, zstdDecompressSync } = zlib as unknown as Record<string, Decode>;
const formats: Readonly<Record<string, readonly [string, Decode | undefined]>> = {
  dcb: ['ff444342', brotliDecompressSync],
  dcz: ['5e2a4d1820000000', zstdDecompressSync],
};

const isPossible = dictionaryEncodings().length > 0;
const old = new Date(0);
const everything = { 'accept-encoding': 'gzip, deflate, br, zstd, dcb, dcz' };

/** A bundle of one version: most lines are those of every other. */
const bundle = (version: number): string =>
  Array.from({ length: 1500 }, (_, n) =>
    n % 100 === version ? `new_${version}();\n` : `call_${(n * 7919) % 1009}(${n});\n`,
  ).join('');

const pageOf = (user: string): string =>
  `<!doctype html><h1>${user}</h1>${bundle(0).slice(0, 9000)}`;

function hashOf(text: string): string {
  return `:${createHash('sha256').update(text).digest('base64')}:`;
}

function undo({ headers, bytes }: Reply, dictionary: string): string {
  const [magic, decompress] = formats[String(headers['content-encoding'])] ?? [];
  const head = Buffer.from(magic ?? '', 'hex');
  expect(bytes.subarray(0, head.length)).toEqual(head);
  const digest = bytes.subarray(head.length, head.length + 32).toString('base64');
  expect(`:${digest}:`).toBe(hashOf(dictionary));
  const body = bytes.subarray(head.length + 32);
  return decompress!(body, { dictionary: Buffer.from(dictionary) }).toString();
}

let folder = '';
let server: TestServer;
let compress = dynamicCompression();

async function serve(...dictionaries: DictionaryOptions[]): Promise<void> {
  compress = dynamicCompression({ adaptive: false, dictionaries });
  const app = express();
  app.use(compress as never);
  app.use(express.static(folder));
  app.get('/hello/:user', (req, res) => void res.send(pageOf(req.params.user)));
  server = await transports[0]!.serve(overHttp2(app));
}

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, old, old);
  return path;
}

async function ask(path: string, dictionary?: string, headers = everything): Promise<Reply> {
  const shown = dictionary === undefined ? {} : { 'available-dictionary': dictionary };
  return server.request({ path, headers: { ...headers, ...shown } });
}

/** Asks until the server has learned a file that it announces as a dictionary. */
async function askUntilKnown(path: string, text: string): Promise<void> {
  for (;;) {
    const { headers } = await ask(path, hashOf(text));
    if (String(headers['content-encoding']).startsWith('dc')) return;
    await new Promise(setImmediate);
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dictionaries-'));
  for (const version of [1, 2, 3]) put(`app-${version}.js`, bundle(version));
  put('other.js', bundle(4));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

(isPossible ? describe : describe.skip)('versions of a bundle', () => {
  it('are announced, and compress the next version', async () => {
    await serve({ match: '/app-*.js' });
    const first = await ask('/app-1.js');
    expect(first.headers['use-as-dictionary']).toBe('match="/app-*.js"');
    expect(first.headers.vary).toBe('Accept-Encoding, Available-Dictionary');
    expect(decode(first)).toBe(bundle(1));
    await askUntilKnown('/app-1.js', bundle(1));
    const next = await ask('/app-2.js', hashOf(bundle(1)));
    expect(undo(next, bundle(1))).toBe(bundle(2));
    expect(next.headers['use-as-dictionary']).toBe('match="/app-*.js"');
    expect(next.bytes.length).toBeLessThan(first.bytes.length / 5);
  });

  it('are compressed once for each dictionary, and never mixed when clients change theirs', async () => {
    const files = [1, 2, 3].map((version) => join(folder, `app-${version}.js`));
    await serve({ match: '/app-*.js', files });
    for (let n = 0; n < 60; n++) {
      const [have, want] = [1 + (n % 3), 1 + ((n * 7) % 3)];
      const reply = await ask(`/app-${want}.js`, hashOf(bundle(have)));
      expect(undo(reply, bundle(have))).toBe(bundle(want));
    }
    expect(compress.stats.stored).toBeGreaterThan(20);
    expect(compress.stats.compressedFiles.files).toBe(3);
  });

  it('known from earlier files are used from the first request on', async () => {
    const lost = put('app-0.js', bundle(0));
    await serve({ match: '/app-*.js', files: [lost] });
    expect(undo(await ask('/app-3.js', hashOf(bundle(0))), bundle(0))).toBe(bundle(3));
  });

  it.each([
    ['an unknown hash', hashOf('something else')],
    ['a hash that is none', ':AAAA:'],
    ['no byte sequence', 'sha-256=?'],
    ['a list', `${hashOf(bundle(1))}, ${hashOf(bundle(2))}`],
  ])('are not used for %s', async (_name, shown) => {
    await serve({ match: '/app-*.js', files: [join(folder, 'app-1.js')] });
    const reply = await ask('/app-2.js', shown);
    expect(reply.headers['content-encoding']).toBe('br');
    expect(decode(reply)).toBe(bundle(2));
  });

  it('are not used where they do not match, or for clients that do not accept it', async () => {
    await serve({ match: '/app-*.js', files: [join(folder, 'app-1.js')] });
    const other = await ask('/other.js', hashOf(bundle(1)));
    expect(decode(other)).toBe(bundle(4));
    expect(other.headers['use-as-dictionary']).toBeUndefined();
    expect(other.headers.vary).toBe('Accept-Encoding');
    const plain = { 'accept-encoding': 'gzip, br' };
    expect(decode(await ask('/app-2.js', hashOf(bundle(1)), plain))).toBe(bundle(2));
  });
});

(isPossible ? describe : describe.skip)('a dictionary of a site', () => {
  const site = bundle(0);

  beforeEach(async () => {
    const file = put('site.dict', site);
    await serve({ match: '/hello/*', matchDest: ['document'], files: [file], url: '/dictionary' });
  });

  it('is offered by pages, at its own path', async () => {
    const page = await ask('/hello/Ada');
    expect(page.headers.link).toBe('</dictionary>; rel="compression-dictionary"');
    expect(decode(page)).toBe(pageOf('Ada'));
    const offered = await ask('/dictionary');
    expect(decode(offered)).toBe(site);
    expect(offered.headers).toMatchObject({
      'use-as-dictionary': 'match="/hello/*", match-dest=("document")',
      'cache-control': 'public, max-age=604800',
    });
    const again = await server.request({
      path: '/dictionary',
      headers: { 'if-none-match': String(offered.headers.etag) },
    });
    expect(again.status).toBe(304);
  });

  it('compresses pages that differ for everybody', async () => {
    for (const user of ['Ada', 'Grace', 'Barbara']) {
      const page = await ask(`/hello/${user}`, hashOf(site));
      expect(undo(page, site)).toBe(pageOf(user));
      expect(page.headers.vary).toBe('Accept-Encoding, Available-Dictionary');
      expect(page.headers.link).toBeUndefined();
      expect(page.bytes.length).toBeLessThan(400);
    }
    expect(compress.stats.sync).toBe(3);
  });

  it('is not the dictionary of other paths', async () => {
    expect(decode(await ask('/app-1.js', hashOf(site)))).toBe(bundle(1));
  });
});

describe('dictionaries', () => {
  it('are announced by a Node that can use them, and by no other', async () => {
    await serve({ match: '/app-*.js' });
    const reply = await ask('/app-1.js', hashOf(bundle(2)));
    expect('use-as-dictionary' in reply.headers).toBe(isPossible);
    expect(decode(reply)).toBe(bundle(1));
  });

  it('must be readable, and not be trained ones, where they can be used', async () => {
    await serve();
    const trained = put('trained', '');
    writeFileSync(trained, Buffer.from('37a430ec00000000', 'hex'));
    const complaints = [join(folder, 'missing'), trained].map((file) => {
      try {
        dynamicCompression({ dictionaries: [{ match: '/*', files: [file], url: '/d' }] });
        return 'none';
      } catch (error) {
        return String(error);
      }
    });
    const expected = [/ENOENT/, /trained dictionary/].map((one) => expect.stringMatching(one));
    expect(complaints).toEqual(isPossible ? expected : ['none', 'none']);
  });
});
