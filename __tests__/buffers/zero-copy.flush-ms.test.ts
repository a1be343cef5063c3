import type { ServerResponse } from 'node:http';
import { delayedFlush } from '../../lib/buffers/flush-queue';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import type { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { ResponseTap } from '../../lib/response/response-tap';
import { transports, type Transport } from '../support/transports';
import { expectBalanced } from './balanced';
import { setUpHandler } from './recording-sink';
import { serve, type Served } from './served';
import { nextOf } from './turns';

/** A clock that stands still until the test moves it; everything but `setTimeout` is real. */
beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date', 'hrtime', 'performance'],
  });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('ZeroCopyStreamHandler with a delay', () => {
  let current: ReturnType<typeof setUpHandler>;
  beforeEach(() => {
    current = setUpHandler(delayedFlush(20));
  });
  afterEach(() => {
    current.sink.complete();
    current.handler.abandon();
    expectBalanced(current.pool);
  });

  it('gathers the writes of several turns until the delay after the first is over', async () => {
    const { handler, sink } = current;
    handler.write('a');
    await nextOf('immediate');
    jest.advanceTimersByTime(19);
    handler.write('b');
    await nextOf('immediate');
    expect(sink.data).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sink.data).toEqual(['ab']);
    handler.write('c');
    await nextOf('immediate');
    expect(sink.data).toEqual(['ab']);
    jest.advanceTimersByTime(20);
    expect(sink.data).toEqual(['ab', 'c']);
  });

  it('passes on at once at a flush, a large chunk and the end', async () => {
    const { handler, sink } = current;
    handler.write('a');
    handler.flush();
    expect(sink.data).toEqual(['a']);
    handler.write('b');
    const large = Buffer.alloc(16_384, 'x');
    handler.write(large);
    expect(sink.data).toEqual(['a', 'b', large.toString()]);
    handler.write('c');
    handler.end();
    expect(sink.passed.at(-1)).toMatchObject({ call: 'end', data: 'c' });
    jest.advanceTimersByTime(20);
    expect(sink.passed).toHaveLength(4);
  });

  it('does not keep a writer waiting who was told to wait for room', async () => {
    const { handler, sink, tapped } = current;
    expect(handler.write('x'.repeat(10_000))).toBe(true);
    expect(handler.write('x'.repeat(10_000))).toBe(false);
    await nextOf('immediate');
    expect(sink.data).toEqual(['x'.repeat(20_000)]);
    expect(tapped.log.at(-1)).toBe('drained');
  });

  it('passes on nothing of a response that was abandoned', () => {
    const { handler, sink } = current;
    handler.write('a');
    handler.abandon();
    jest.advanceTimersByTime(20);
    expect(sink.data).toEqual([]);
  });
});

type Respond = (res: ServerResponse) => void;

describe.each(transports)('zeroCopy({ flushMs }) over $name', (transport: Transport) => {
  let pool: ZeroCopyBufferPool;
  let served: Served;
  afterEach(async () => {
    await served.close();
    await served.settled();
    expectBalanced(pool);
  });

  /** Asks for a response that writes twice, in two turns, and never ends. */
  async function ask(flushMs: number, respond: Respond) {
    const middleware = zeroCopy({ flushMs, poison: true });
    ({ pool } = middleware);
    let body: Promise<string> | undefined;
    const held = new Promise<() => number>((resolve) => {
      const handle = async (res: ServerResponse): Promise<void> => {
        respond(res);
        for (const piece of ['one ', 'two ']) {
          res.write(piece);
          await nextOf('immediate');
        }
        resolve(() => ResponseTap.of(res).heldBytes);
      };
      body = serve(transport, (req, res) => middleware(req, res, () => void handle(res))).then(
        async (made) => {
          served = made;
          return (await made.ask('/', { abortAfterBytes: 8 })).body.toString();
        },
      );
    });
    return { heldBytes: await held, body };
  }

  it('holds a page for the delay', async () => {
    const { heldBytes, body } = await ask(50, (res) => res.setHeader('content-type', 'text/html'));
    jest.advanceTimersByTime(49);
    expect(heldBytes()).toBe(8);
    jest.advanceTimersByTime(1);
    expect(heldBytes()).toBe(0);
    expect(await body).toBe('one two ');
  });

  it('holds nothing past the turn with 0', async () => {
    const { heldBytes, body } = await ask(0, (res) => res.setHeader('content-type', 'text/html'));
    expect(heldBytes()).toBe(0);
    expect(await body).toBe('one two ');
  });

  it.each<[string, Respond]>([
    ['setHeader', (res) => res.setHeader('Content-Type', 'text/event-stream')],
    ['writeHead', (res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' })],
    ['a charset', (res) => res.setHeader('Content-Type', 'text/event-stream; charset=utf-8')],
    ['other case', (res) => res.setHeader('Content-Type', 'Text/Event-Stream')],
  ])('never holds events, declared by %s', async (_by, respond) => {
    const { heldBytes, body } = await ask(50, respond);
    expect(heldBytes()).toBe(0);
    expect(await body).toBe('one two ');
  });
});
