import type { IncomingMessage, ServerResponse } from 'node:http';
import { createElement, Suspense, use } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { zeroCopy } from '../../lib/buffers/zero-copy';
import { ZeroCopyBufferPool } from '../../lib/buffers/zero-copy-buffer-pool';
import { overHttp2 } from '../../lib/server/over-http2';
import { expressVersions } from '../support/express-versions';
import { transports, type TestServer } from '../support/transports';
import { expectBalanced } from './balanced';
import { nextOf } from './turns';

const rows = Array.from({ length: 400 }, (_, i) =>
  createElement('li', { key: i }, `Tea № ${i} 🍵`),
);
const list = createElement('ul', null, rows);

/** Suspends until `ready`, so that its content comes after the shell, in a script. */
function Late({ ready }: { readonly ready: Promise<string> }) {
  return createElement('b', null, use(ready));
}

describe.each(transports)('zeroCopy with renderToPipeableStream over $name', (transport) => {
  let pool: ZeroCopyBufferPool;
  let server: TestServer | undefined;
  beforeEach(() => {
    pool = new ZeroCopyBufferPool({ poison: true });
  });
  afterEach(async () => {
    await server?.close();
    for (let turn = 0; turn < 1000 && pool.stats.lent > 0; turn++) await nextOf('immediate');
    expectBalanced(pool);
  });

  it.each(expressVersions)('sends the whole page, in Express %i', async (_version, express) => {
    const app = express();
    app.use(zeroCopy({ pool }));
    app.get('/', (_req, res) => {
      const { pipe } = renderToPipeableStream(list, {
        onShellReady: () => void pipe(res.type('html')),
      });
    });
    server = await transport.serve(overHttp2(app));
    expect((await server.request()).body).toBe(renderToString(list));
    expect(pool.stats.hits + pool.stats.misses).toBeGreaterThan(0);
  });

  it('sends the shell before the rest is there', async () => {
    let finish: (text: string) => void = () => undefined;
    const ready = new Promise<string>((resolve) => (finish = resolve));
    const late = createElement(Suspense, { fallback: 'wait' }, createElement(Late, { ready }));
    const page = createElement('main', null, list, late);
    const gather = zeroCopy({ pool });
    server = await transport.serve(
      overHttp2((req: IncomingMessage, res: ServerResponse) => {
        gather(req, res, () => {
          const { pipe } = renderToPipeableStream(page, { onShellReady: () => void pipe(res) });
        });
      }),
    );
    const exchange = server.open({ path: '/' });
    const { body } = await exchange.head;
    let text = '';
    for await (const chunk of body) {
      text += String(chunk);
      // The rest is not even begun before the reader has the shell.
      if (text.includes('wait')) finish('late tea');
    }
    expect(text).toContain('Tea № 399 🍵');
    expect(text).toContain('<b>late tea</b>');
  });
});
