import { createHook } from 'node:async_hooks';
import { randomBytes, randomInt } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import { headstart } from '../../lib/headstart';
import type { TestServer } from '../support/transports';
import { transports } from '../support/transports';
import { html, listener } from './app';
import { decode, hasZstd } from './decode';

jest.setTimeout(60_000);

interface Piece {
  readonly bytes: number;
  readonly isText: boolean;
  readonly waits: boolean;
  readonly flushes: boolean;
}

const pieces = array(
  record({
    bytes: constantFrom(0, 1, 10, 900, 5_000, 16_384, 40_000, 70_000, 200_000),
    isText: boolean(),
    waits: boolean(),
    flushes: boolean(),
  }),
  { maxLength: 8 },
);

const encodings = ['br', 'gzip', 'deflate', 'identity', ';q=,', ...(hasZstd ? ['zstd'] : [])];

const exchange = record({
  pieces,
  encoding: constantFrom(...encodings),
  isMarked: boolean(),
  /** Bytes of the answer after which the client leaves; negative: it stays. */
  leavesAfter: constantFrom(-1, -1, 0, 1, 20_000),
  id: integer(),
});

/** Text that tells whose it is in every line. */
function textOf(id: number, at: number, { bytes, isText }: Piece): string {
  const line = isText
    ? `${id}/${at} tea and é\n`
    : `${id}/${at} ${randomBytes(24).toString('hex')}\n`;
  return line.repeat(Math.ceil(bytes / line.length));
}

/** Counts zlib's native handles that were made and not destroyed yet. */
function countHandles() {
  const open = new Set<number>();
  const hook = createHook({
    init: (id, type) => {
      if (type === 'ZLIB') open.add(id);
    },
    destroy: (id) => open.delete(id),
  }).enable();
  return { open, stop: () => hook.disable() };
}

describe.each(transports)('random bodies over $name', (transport) => {
  const setups = {
    'dynamicCompression() alone': () => dynamicCompression({ adaptive: false }),
    'headstart()': () => headstart({ zeroCopy: { poison: true }, serverPush: false }),
  };

  it.each(Object.entries(setups))('arrive whole and unmixed with %s', async (_name, make) => {
    const first = make();
    const stats = () =>
      'dynamicCompression' in first ? first.dynamicCompression!.stats : first.stats;
    const sent = new Map<string, readonly Piece[]>();
    const texts = new Map<string, string>();
    const handle = async (id: string, res: Parameters<typeof html>[0]): Promise<void> => {
      const list = sent.get(id) ?? [];
      const bodies = list.map((piece, at) => textOf(Number(id), at, piece));
      texts.set(id, bodies.join(''));
      html(res);
      for (const [at, piece] of list.entries()) {
        if (res.destroyed) return;
        const isLast = at === list.length - 1;
        if (isLast) return void res.end(bodies[at]);
        res.write(bodies[at] ?? '');
        if (piece.flushes) (res as typeof res & { flush(): void }).flush();
        if (piece.waits) await turn();
      }
      res.end();
    };
    const server: TestServer = await transport.serve(
      listener(first, (req, res) => void handle(String(req.url).slice(1), res)),
    );
    const handles = countHandles();
    try {
      await assert(
        asyncProperty(array(exchange, { minLength: 1, maxLength: 8 }), async (exchanges) => {
          await Promise.all(
            exchanges.map(async ({ pieces: list, encoding, leavesAfter }) => {
              const id = String(randomInt(2 ** 47));
              sent.set(id, list);
              const headers = { 'accept-encoding': encoding };
              const open = server.open({ path: `/${id}`, headers });
              if (leavesAfter === 0) return open.abort();
              const head = await open.head;
              const chunks: Buffer[] = [];
              let bytes = 0;
              try {
                for await (const chunk of head.body) {
                  chunks.push(chunk as Buffer);
                  bytes += (chunk as Buffer).length;
                  if (leavesAfter > 0 && bytes >= leavesAfter) return open.abort();
                }
              } catch (error) {
                if (leavesAfter < 0) throw error;
                return;
              }
              const text = decode({ headers: head.headers, bytes: Buffer.concat(chunks) });
              expect(text === texts.get(id)).toBe(true);
            }),
          );
        }),
        { numRuns: 25, seed: Number(process.env.RANDOM_SEED ?? 7) },
      );
      while (stats().openStreams > 0 || stats().bytesInFlight > 0) await turn();
      expect(stats()).toMatchObject({ openStreams: 0, bytesInFlight: 0 });
    } finally {
      await server.close();
      handles.stop();
    }
  });
});
