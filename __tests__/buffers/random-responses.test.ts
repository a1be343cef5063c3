import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import * as fc from 'fast-check';
import { SharedBuffer } from '../../lib/buffers/shared-buffer';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { ZeroCopyResponseBuilder } from '../../lib/buffers/zero-copy-response-builder';
import { overHttp2 } from '../../lib/server/over-http2';
import { transports } from '../support/transports';
import { serve, type Served } from './served';
import { nextOf } from './turns';

const folder = mkdtempSync(join(tmpdir(), 'headstart-random-'));
const fileBytes = 150_000;
afterAll(() => rmSync(folder, { recursive: true }));

/** One thing a handler does. */
type Step =
  | { readonly kind: 'text'; readonly length: number; readonly alphabet: string }
  | { readonly kind: 'bytes'; readonly length: number }
  | { readonly kind: 'latin1'; readonly length: number }
  | { readonly kind: 'flush' | 'tick' | 'immediate' | 'drain' };

interface Plan {
  readonly steps: readonly Step[];
  readonly way: 'write' | 'builder' | 'pipe' | 'iterator' | 'file' | 'files';
  readonly endsWithChunk: boolean;
  /** The client leaves after so many bytes. */
  readonly abortAfterBytes: number | undefined;
  /** The server destroys the response after so many turns of its event loop. */
  readonly destroyAfterTurns: number | undefined;
}

const length = fc.oneof(
  { weight: 6, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.nat(5000) },
  { weight: 1, arbitrary: fc.integer({ min: 15_000, max: 80_000 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('text' as const),
      length,
      alphabet: fc.constantFrom('abc', 'aü€', '🙂x', '\ud83d\ude42'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('bytes' as const), length }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('latin1' as const), length }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'flush' as const,
        'tick' as const,
        'immediate' as const,
        'drain' as const,
      ),
    }),
  },
);
const plan: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(step, { maxLength: 30 }),
  way: fc.constantFrom('write', 'write', 'write', 'builder', 'pipe', 'iterator', 'file', 'files'),
  endsWithChunk: fc.boolean(),
  abortAfterBytes: fc.option(fc.nat(60_000), { freq: 5, nil: undefined }),
  destroyAfterTurns: fc.option(fc.nat(12), { freq: 7, nil: undefined }),
});

/** What a step writes in response `id`: no two responses have the same bytes. */
function chunkOf(step: Step, id: number): string | Buffer | undefined {
  if (step.kind === 'bytes') return Buffer.alloc(step.length, `<${id}>`);
  if (step.kind === 'latin1') return `ü${id}`.repeat(step.length).slice(0, step.length);
  if (step.kind !== 'text') return undefined;
  return `${id}${step.alphabet}`.repeat(step.length).slice(0, step.length);
}

const encodingOf = ({ kind }: Step) => (kind === 'latin1' ? 'latin1' : 'utf8');

function chunksOf(steps: readonly Step[], id: number): Buffer[] {
  return steps.map((one) => Buffer.from((chunkOf(one, id) ?? '') as string, encodingOf(one)));
}

async function write(res: ServerResponse, id: number, { steps, ...plan }: Plan): Promise<void> {
  const last = plan.endsWithChunk ? steps.at(-1) : undefined;
  for (const one of last === undefined ? steps : steps.slice(0, -1)) {
    const chunk = chunkOf(one, id);
    if (one.kind === 'tick' || one.kind === 'immediate') await nextOf(one.kind);
    else if (one.kind === 'flush') (res as { flush?: () => void }).flush?.();
    else if (one.kind === 'drain' && res.writableNeedDrain) {
      await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
    } else if (chunk !== undefined) res.write(chunk, encodingOf(one));
  }
  const chunk = last && chunkOf(last, id);
  if (last === undefined || chunk === undefined) res.end();
  else res.end(chunk, encodingOf(last));
}

async function answer(
  res: ServerResponse,
  id: number,
  plan: Plan,
  pool: ZeroCopyBufferPool,
): Promise<void> {
  res.on('error', () => undefined);
  if (plan.way === 'write') return write(res, id, plan);
  if (plan.way === 'file') {
    createReadStream(join(folder, String(id % 4))).pipe(res);
    return undefined;
  }
  if (plan.way === 'builder' || plan.way === 'files') {
    const builder = new ZeroCopyResponseBuilder(pool);
    if (plan.way === 'files') builder.appendFile(join(folder, String(id % 4)));
    for (const chunk of chunksOf(plan.steps, id)) {
      const shared = SharedBuffer.from(chunk);
      builder.append(chunk.length % 2 === 0 ? shared : chunk);
      shared.release();
    }
    return builder.send(res).catch(() => undefined);
  }
  const source = Readable.from(chunksOf(plan.steps, id).filter(({ length }) => length > 0));
  if (plan.way === 'pipe') {
    pipeline(source, res, () => undefined);
    return undefined;
  }
  for await (const chunk of source) {
    if (res.destroyed) return undefined;
    res.write(chunk);
  }
  res.end();
  return undefined;
}

async function destroyLater(res: ServerResponse, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextOf('immediate');
  res.destroy();
}

function expectedOf(plan: Plan, id: number): Buffer {
  const file = Buffer.alloc(fileBytes, `file ${id % 4} `);
  if (plan.way === 'file') return file;
  const chunks = chunksOf(plan.steps, id);
  return Buffer.concat(plan.way === 'files' ? [file, ...chunks] : chunks);
}

for (let i = 0; i < 4; i++) {
  writeFileSync(join(folder, String(i)), Buffer.alloc(fileBytes, `file ${i} `));
}

describe.each(transports)('random responses over $name', (transport) => {
  let served: Served;
  const pool = new ZeroCopyBufferPool({ poison: true });
  const plans: Plan[] = [];

  beforeAll(async () => {
    const middleware = zeroCopy({ pool });
    const listener = overHttp2((req: IncomingMessage, res: ServerResponse) => {
      middleware(req, res, () => {
        const id = Number(req.url?.slice(1));
        const plan = plans[id] as Plan;
        void answer(res, id, plan, pool);
        const { destroyAfterTurns } = plan;
        if (destroyAfterTurns !== undefined) void destroyLater(res, destroyAfterTurns);
      });
    });
    served = await serve(transport, listener);
  });
  afterAll(() => served.close());

  it('never mix, lose or repeat a byte, and leave the books of the pool balanced', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 30, maxLength: 60 }), async (some) => {
        const first = plans.push(...some) - some.length;
        await Promise.all(
          some.map(async (one, index) => {
            const id = first + index;
            const { abortAfterBytes } = one;
            const options = abortAfterBytes === undefined ? {} : { abortAfterBytes };
            const { body, isComplete } = await served.ask(`/${id}`, options);
            const expected = expectedOf(one, id);
            const isCut = abortAfterBytes !== undefined || one.destroyAfterTurns !== undefined;
            if (!isCut && !isComplete) throw new Error(`response ${id} is not complete`);
            const compared = isComplete && !isCut ? expected : expected.subarray(0, body.length);
            if (!body.equals(compared))
              throw new Error(
                `response ${id} (${one.way}, ${abortAfterBytes}, ${isComplete}) has other bytes: ${body.length} of ${expected.length}, from ${body.findIndex((b, i) => b !== compared[i])}`,
              );
          }),
        );
        await served.settled();
        for (let turn = 0; turn < 5000 && pool.stats.lent > 0; turn++) await nextOf('immediate');
        expect(pool.stats).toMatchObject({ lent: 0, lentBytes: 0 });
      }),
      {
        numRuns: Number(process.env.RANDOM_RUNS ?? 10),
        seed: Number(process.env.RANDOM_SEED ?? 3),
      },
    );
  }, 120_000);
});
