import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import { overHttp2 } from '../../lib/server/over-http2';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { ResponseTap } from '../../lib/response/response-tap';
import type { Middleware } from '../../lib/util/middleware';
import { expressVersions } from '../support/express-versions';
import type { Reply } from '../support/test-client';
import { transports } from '../support/transports';
import type { TestServer, Transport } from '../support/transports';
import { decode } from './decode';

const script = (name: string): string =>
  Array.from(
    { length: 3000 },
    (_, n) => `export const ${name}_${(n * 7919) % 3001} = ${n};\n`,
  ).join('');
const brotli = { 'accept-encoding': 'gzip, deflate, br' };
const hourMs = 3_600_000;

let folder = '';
let server: TestServer | undefined;
let compress = dynamicCompression();

/** Writes a file that was last changed some hours ago. */
function put(name: string, content: string | Buffer, hoursAgo = 2): void {
  const path = join(folder, name);
  writeFileSync(path, content);
  const date = new Date(Date.now() - hoursAgo * hourMs);
  utimesSync(path, date, date);
}

async function serve(
  [, express]: (typeof expressVersions)[number] = expressVersions[0]!,
  transport: Transport = transports[3]!,
  more: readonly Middleware[] = [],
): Promise<TestServer> {
  const app = express();
  app.use(compress as never, ...(more as never[]));
  app.use(express.static(folder));
  app.get('/sent', (_req, res) => {
    res.sendFile(join(folder, 'app.js'), (error) => void calls.push(error));
  });
  return (server = await transport.serve(overHttp2(app)));
}

let calls: unknown[] = [];

/** Asks until the file comes from the store. */
async function askUntilStored(path: string, headers = brotli): Promise<Reply> {
  const { stored } = compress.stats;
  for (;;) {
    const reply = await server!.request({ path, headers });
    if (compress.stats.stored > stored) return reply;
    while (compress.stats.compressedFiles.waiting > 0) await new Promise(setImmediate);
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compressed-'));
  compress = dynamicCompression({ adaptive: false });
  calls = [];
});
afterEach(async () => {
  await server?.close();
  rmSync(folder, { recursive: true });
});

describe.each(expressVersions)('files of Express %s', (...version) => {
  it.each(transports)('are compressed once, at the best level, over $name', async (transport) => {
    put('app.js', script('one'));
    await serve(version, transport);
    const first = await server!.request({ path: '/app.js', headers: brotli });
    const reply = await askUntilStored('/app.js');
    expect(decode(first)).toBe(script('one'));
    expect(decode(reply)).toBe(script('one'));
    expect(reply.bytes.length).toBeLessThan(first.bytes.length);
    expect(reply.headers).toMatchObject({
      'content-encoding': 'br',
      'content-length': String(reply.bytes.length),
      etag: first.headers.etag,
      vary: 'Accept-Encoding',
    });
    const before = compress.stats;
    for (let n = 0; n < 5; n++) {
      const again = await server!.request({ path: '/app.js', headers: brotli });
      expect(again.bytes).toEqual(reply.bytes);
    }
    const { bytesIn: _, bytesOut: __, ...after } = compress.stats;
    expect(after).toMatchObject({ stored: before.stored + 5, streamed: before.streamed });
  });

  it('tell sendFile that they were sent', async () => {
    put('app.js', script('one'));
    await serve(version);
    await askUntilStored('/sent');
    expect(calls.length).toBeGreaterThan(0);
    expect(new Set(calls)).toEqual(new Set([undefined]));
  });
});

describe('compressed files', () => {
  it('answer 304 to the tag of the compressed file', async () => {
    put('app.js', script('one'));
    await serve();
    const { headers } = await askUntilStored('/app.js');
    const again = await server!.request({
      path: '/app.js',
      headers: { ...brotli, 'if-none-match': String(headers.etag) },
    });
    expect(again).toMatchObject({ status: 304, body: '' });
    expect(again.headers.etag).toBe(headers.etag);
  });

  it('leave ranges, HEAD and clients that accept nothing to the file itself', async () => {
    put('app.js', script('one'));
    await serve();
    await askUntilStored('/app.js');
    const part = await server!.request({
      path: '/app.js',
      headers: { ...brotli, range: 'bytes=7-18' },
    });
    expect(part).toMatchObject({ status: 206, body: script('one').slice(7, 19) });
    const head = await server!.request({ path: '/app.js', method: 'HEAD', headers: brotli });
    expect(head.headers['content-encoding']).toBeUndefined();
    const plain = await server!.request({ path: '/app.js' });
    expect(plain.body).toBe(script('one'));
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  it('follow the file when it changes', async () => {
    put('app.js', script('one'));
    await serve();
    expect(decode(await askUntilStored('/app.js'))).toBe(script('one'));
    put('app.js', script('two'), 1);
    const next = await server!.request({ path: '/app.js', headers: brotli });
    expect(decode(next)).toBe(script('two'));
    expect(decode(await askUntilStored('/app.js'))).toBe(script('two'));
    expect(compress.stats.compressedFiles.files).toBe(1);
  });

  it('are not kept while the file is so young that a change may bear the same date', async () => {
    put('app.js', script('one'), 0);
    await serve();
    for (let n = 0; n < 3; n++) {
      expect(decode(await server!.request({ path: '/app.js', headers: brotli }))).toBe(
        script('one'),
      );
      while (compress.stats.compressedFiles.waiting > 0) await new Promise(setImmediate);
    }
    expect(compress.stats).toMatchObject({ stored: 0, compressedFiles: { files: 0 } });
  });

  it.each([
    [
      '.br',
      brotliCompressSync(script('one'), { params: { [constants.BROTLI_PARAM_LGWIN]: 11 } }),
      'br',
    ],
    ['.gz', gzipSync(script('one'), { level: 2 }), 'gzip'],
  ])('are taken from a file with %s beside the original', async (ending, ready, encoding) => {
    put('app.js', script('one'));
    put(`app.js${ending}`, ready, 9);
    await serve();
    const reply = await askUntilStored('/app.js', { 'accept-encoding': encoding });
    expect(reply.headers['content-encoding']).toBe(encoding);
    expect(reply.bytes).toEqual(ready);
  });

  it('ignore a file beside the original that is of another text, or no text at all', async () => {
    put('app.js', script('new'));
    put('app.js.br', brotliCompressSync(script('old')), 0);
    put('app.js.gz', Buffer.from('nonsense'), 0);
    await serve();
    expect(decode(await askUntilStored('/app.js'))).toBe(script('new'));
    const gzip = await askUntilStored('/app.js', { 'accept-encoding': 'gzip' });
    expect(decode(gzip)).toBe(script('new'));
  });

  it('serve each client the encoding that it accepts', async () => {
    put('app.js', script('one'));
    await serve();
    await askUntilStored('/app.js');
    const gzip = await askUntilStored('/app.js', { 'accept-encoding': 'gzip' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    const both = await askUntilStored('/app.js');
    expect(both.headers['content-encoding']).toBe('br');
    expect(compress.stats.compressedFiles.files).toBe(1);
  });

  it('do not come into being with maxFileBytes: 0', async () => {
    put('app.js', script('one'));
    compress = dynamicCompression({ adaptive: false, maxFileBytes: 0 });
    await serve();
    for (let n = 0; n < 3; n++) {
      expect(decode(await server!.request({ path: '/app.js', headers: brotli }))).toBe(
        script('one'),
      );
    }
    expect(compress.stats).toMatchObject({ stored: 0, streamed: 3 });
  });

  it('do not stand in for a file that another middleware changes', async () => {
    put('app.js', script('one'));
    const upper: Middleware = (_req, res, next) => {
      const write = res.write.bind(res) as (chunk: unknown) => boolean;
      res.write = ((chunk: Buffer) => write(chunk.toString().toUpperCase())) as never;
      next();
    };
    await serve(undefined, undefined, [upper]);
    for (let n = 0; n < 3; n++) {
      const reply = await server!.request({ path: '/app.js', headers: brotli });
      expect(decode(reply)).toBe(script('one').toUpperCase());
    }
    expect(compress.stats.stored).toBe(0);
  });

  it('are sent while another stage sees the file itself', async () => {
    put('app.js', script('one'));
    let seen = '';
    const look: Middleware = (_req, res, next) => {
      seen = '';
      ResponseTap.of(res).use('observe', (sink) => ({
        heldBytes: 0,
        write: (chunk, encoding, callback) => {
          seen += String(chunk);
          return sink.write(chunk, encoding, callback);
        },
        end: (chunk, encoding, callback) => sink.end(chunk, encoding, callback),
        flush: () => {},
        abandon: () => {},
      }));
      next();
    };
    await serve(undefined, transports[0], [look]);
    const reply = await askUntilStored('/app.js');
    expect(decode(reply)).toBe(script('one'));
    expect(seen).toBe(script('one'));
  });

  it('leave files that do not shrink to the pooled reads of zeroCopy()', async () => {
    put('noise.png', 'x'.repeat(200_000));
    const buffers = zeroCopy({ poison: true });
    await serve(undefined, transports[0], [buffers]);
    const reply = await server!.request({ path: '/noise.png', headers: brotli });
    expect(reply.bytes).toHaveLength(200_000);
    const { hits, misses } = buffers.pool.stats;
    expect(hits + misses).toBeGreaterThan(0);
  });

  it('go well with zeroCopy()', async () => {
    put('app.js', script('one'));
    const buffers = zeroCopy({ poison: true });
    await serve(undefined, transports[0], [buffers]);
    expect(decode(await askUntilStored('/app.js'))).toBe(script('one'));
    expect(buffers.pool.stats.lentBytes ?? 0).toBe(0);
  });
});
