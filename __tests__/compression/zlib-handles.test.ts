import { createHook } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate as turn } from 'node:timers/promises';
import { dictionaryEncodings } from '../../lib/compression/dictionary';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import { transports } from '../support/transports';
import { html, listener, page } from './app';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Two dictionaries that the server knows, and one that it does not. */
const known = ['tea', 'coffee', 'cocoa'].map((word) => `${word} and ${page}`);

const shown = (text: string) => ({
  'accept-encoding': 'br, dcb, dcz',
  'available-dictionary': `:${createHash('sha256').update(text).digest('base64')}:`,
});

/** What clients say who break off; some say nonsense, and change their dictionary each time. */
const clients: readonly Record<string, string>[] = [
  { 'accept-encoding': 'gzip' },
  { 'accept-encoding': 'gzip;q=2x, , ;;,br' },
  ...known.map(shown),
  { 'accept-encoding': 'br, dcb, dcz', 'available-dictionary': ':AAAA:, "' },
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zlib-handles-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(transports)('zlib handles over $name', (transport) => {
  it('are all closed after clients left in the middle of bodies', async () => {
    const open = new Set<number>();
    const hook = createHook({
      init: (id, type) => void (type === 'ZLIB' && open.add(id)),
      destroy: (id) => void open.delete(id),
    });
    const files = known.slice(0, 2).map((_text, index) => join(folder, String(index)));
    for (const [index, file] of files.entries()) writeFileSync(file, known[index] ?? '');
    const compress = dynamicCompression({
      adaptive: false,
      dictionaries: [{ match: '/*', files }],
    });
    const closed: Promise<unknown>[] = [];
    const responses: ServerResponse[] = [];
    const server = await transport.serve(
      listener(compress, (_req, res) => {
        responses.push(html(res));
        closed.push(once(res, 'close'));
        const more = (): void => {
          while (res.write(page.repeat(5)));
          res.once('drain', more);
        };
        more();
      }),
    );
    hook.enable();
    const encodings = new Set<unknown>();
    for (let n = 0; n < 24; n++) {
      const exchange = server.open({ headers: clients[n % clients.length] ?? {} });
      const { body, headers } = await exchange.head;
      encodings.add(headers['content-encoding']);
      body.on('error', () => {});
      await once(body, 'readable');
      exchange.abort();
    }
    await Promise.all(closed);
    const kinds = new Set([...encodings].map((one) => String(one).slice(0, 2)));
    const dictionary = dictionaryEncodings().length > 0 ? ['dc'] : [];
    expect(kinds).toEqual(new Set(['gz', 'br', ...dictionary]));
    expect(responses).toHaveLength(24);
    expect(compress.stats).toMatchObject({ openStreams: 0, bytesInFlight: 0, streamed: 24 });
    // Node tells that a handle was destroyed when its memory is collected.
    for (let round = 0; open.size > 0 && round < 200; round++) {
      collectGarbage();
      await turn();
    }
    hook.disable();
    await server.close();
    expect(open.size).toBe(0);
  });
});
