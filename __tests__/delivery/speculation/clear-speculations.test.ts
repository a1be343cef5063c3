import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clearSpeculations } from '../../../lib/delivery/speculation/clear-speculations';

async function clearedWith(before?: string): Promise<string | null> {
  const server = createServer((_req, res) => {
    if (before !== undefined) res.setHeader('clear-site-data', before);
    clearSpeculations(res);
    clearSpeculations(res);
    res.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const reply = await fetch(`http://127.0.0.1:${port}/`);
  server.close();
  return reply.headers.get('clear-site-data');
}

describe('clearSpeculations', () => {
  it.each([
    [undefined, '"prefetchCache", "prerenderCache"'],
    ['"cookies"', '"cookies", "prefetchCache", "prerenderCache"'],
    ['"prefetchCache"', '"prefetchCache", "prerenderCache"'],
    ['"*"', '"*"'],
  ])('adds to %s what makes %s', async (before, after) => {
    expect(await clearedWith(before)).toBe(after);
  });
});
