import type { RequestListener } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { transports } from '../support/transports';
import { expectBalanced } from './balanced';
import { serve, type Served } from './served';

describe.each(transports)('zeroCopy over $name', (transport) => {
  let pool: ZeroCopyBufferPool;
  let served: Served;

  async function start(handler: RequestListener): Promise<Served> {
    pool = new ZeroCopyBufferPool({ poison: true });
    const middleware = zeroCopy({ pool });
    served = await serve(transport, (req, res) => middleware(req, res, () => handler(req, res)));
    return served;
  }

  afterEach(async () => {
    await served.settled();
    await served.close();
    expectBalanced(pool);
  });

  it('sends what was corked when it is uncorked, and what follows behind it', async () => {
    const { ask } = await start((_req, res) => {
      res.write('before, ');
      res.cork();
      res.write('held, ');
      setImmediate(() => {
        res.write('held too, ');
        res.uncork();
        res.end('after');
      });
    });
    const { body, isComplete } = await ask('/');
    expect(isComplete).toBe(true);
    expect(body.toString()).toBe('before, held, held too, after');
  });

  it('refuses what is written after the end, and leaves the response whole', async () => {
    let told: (error: unknown) => void;
    const refusal = new Promise((resolve) => (told = resolve));
    const { ask } = await start((_req, res) => {
      res.on('error', () => undefined);
      res.write('whole ');
      res.end('body');
      res.write('late', (error) => told(error));
    });
    expect((await ask('/')).body.toString()).toBe('whole body');
    expect(await refusal).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
  });

  it('gives back what was lent to a connection that is cut', async () => {
    let lentBytes = 0;
    const { ask, settled } = await start((req, res) => {
      res.on('error', () => undefined);
      for (let i = 0; i < 200; i++) res.write('y'.repeat(3000));
      lentBytes = pool.stats.lentBytes;
      const { stream } = res as unknown as Partial<Http2ServerResponse>;
      if (stream === undefined) req.socket.destroy();
      else stream.session?.destroy();
    });
    expect((await ask('/')).isComplete).toBe(false);
    await settled();
    expect(lentBytes).toBeGreaterThan(0);
    expectBalanced(pool);
  });
});
