import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverPush } from 'headstart';
import { createShop } from '../../examples/shop/app';
import { runTool } from './support/run-tool';
import { serveExample, type RunningExample } from './support/serve-example';

const theme = join(require.resolve('startbootstrap-sb-admin-2/package.json'), '..');
const files = {
  '/assets/css/sb-admin-2.min.css': join(theme, 'css/sb-admin-2.min.css'),
  '/static/css/shop.css': join(__dirname, '../../examples/shop/public/css/shop.css'),
  '/assets/vendor/jquery/jquery.min.js': join(theme, 'vendor/jquery/jquery.min.js'),
  '/static/js/shop.js': join(__dirname, '../../examples/shop/public/js/shop.js'),
};

/** Bodies of one connection arrive in turns, so their bytes are compared without their order. */
function byteCounts(bytes: Buffer): number[] {
  const counts = Array.from({ length: 256 }, () => 0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  return counts;
}

describe('examples/shop with push promises, for nghttp', () => {
  let shop: RunningExample;
  let page: Buffer;

  beforeAll(async () => {
    const rules = [{ route: '/help', resources: Object.keys(files) }];
    shop = await serveExample(
      createShop({ first: serverPush({ push: true, rules }), databaseMs: 1, productCount: 400 }),
    );
    page = (await shop.http1.request('/help')).bytes;
  });
  afterAll(() => shop.close());

  it('pushes the style sheets and scripts that a rule names', async () => {
    const statistics = await runTool(
      'nghttp',
      ['--null-out', '--stat', `${shop.origin}/help`],
      'nghttp2-client',
    );
    // A star marks what was pushed: "4  +9.38ms * +3.21ms 6.17ms 200 170K /assets/css/…".
    const pushed = [...statistics.toString().matchAll(/\* .* 200 +\S+ (\/\S+)$/gm)];
    expect(new Set(pushed.map(([, path]) => path))).toEqual(new Set(Object.keys(files)));
  });

  it('pushes the bytes that are on disk', async () => {
    const received = await runTool('nghttp', [`${shop.origin}/help`], 'nghttp2-client');
    const expected = await Promise.all(Object.values(files).map((file) => readFile(file)));
    expect(byteCounts(received)).toEqual(byteCounts(Buffer.concat([page, ...expected])));
  });

  it('pushes nothing to a client that forbids it', async () => {
    const received = await runTool(
      'nghttp',
      ['--no-push', `${shop.origin}/help`],
      'nghttp2-client',
    );
    expect(received.equals(page)).toBe(true);
  });
});
