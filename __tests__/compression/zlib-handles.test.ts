import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate as turn } from 'node:timers/promises';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import { transports } from '../support/transports';
import { html, listener, page } from './app';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe.each(transports)('zlib handles over $name', (transport) => {
  it('are all closed after clients left in the middle of bodies', async () => {
    const open = new Set<number>();
    const hook = createHook({
      init: (id, type) => void (type === 'ZLIB' && open.add(id)),
      destroy: (id) => void open.delete(id),
    });
    const compress = dynamicCompression({ adaptive: false });
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
    for (let n = 0; n < 20; n++) {
      const exchange = server.open({ headers: { 'accept-encoding': n % 2 ? 'br' : 'gzip' } });
      const { body } = await exchange.head;
      body.on('error', () => {});
      await once(body, 'readable');
      exchange.abort();
    }
    await Promise.all(closed);
    expect(responses).toHaveLength(20);
    expect(compress.stats).toMatchObject({ openStreams: 0, bytesInFlight: 0, streamed: 20 });
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
