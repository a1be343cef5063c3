import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { headstart } from 'headstart';
import { createShop } from '../../examples/shop/app';
import { runTool } from './support/run-tool';
import { serveExample, type RunningExample } from './support/serve-example';

const pages = [
  '/',
  '/catalogue',
  '/catalogue?sort=cheap&page=3',
  '/category/lamps',
  '/product/42',
  '/search?q=linen',
  '/cart',
  '/login',
  '/about',
  '/help',
  '/checkout/thanks',
];

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('examples/shop', () => {
  let shop: RunningExample;

  beforeAll(async () => {
    shop = await serveExample(createShop({ first: headstart(), databaseMs: 1, productCount: 400 }));
  });
  afterAll(() => shop.close());

  it.each(pages)('shows %s', async (path) => {
    const reply = await shop.http2.request(path);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.body).toMatch(/^<!doctype html>/);
    expect(reply.body).toContain('</html>');
  });

  it('sends the same page over HTTP/1.1 as over HTTP/2', async () => {
    const [newer, older] = await Promise.all([
      shop.http2.request('/product/42'),
      shop.http1.request('/product/42'),
    ]);
    expect(older.body).toBe(newer.body);
  });

  it('uses nothing that its content policy forbids', async () => {
    for (const path of pages) {
      const { body, headers } = await shop.http2.request(path);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(body).not.toMatch(/<style|<script>|\sstyle=|\son[a-z]+="|https?:\/\//);
    }
  });

  it.each(['/product/0', '/product/401', '/product/x', '/category/cars', '/nowhere'])(
    'answers %s with its own 404 page',
    async (path) => {
      const reply = await shop.http2.request(path);
      expect(reply.status).toBe(404);
      expect(reply.body).toContain('Nothing on this shelf');
    },
  );

  it('escapes what visitors type', async () => {
    const reply = await shop.http2.request('/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E');
    expect(reply.body).toContain('&lt;script&gt;alert(1)');
  });

  it('keeps a cart from the first thing to the till', async () => {
    const added = await shop.http2.request({
      path: '/cart',
      body: 'id=7&quantity=2',
      headers: form,
      withLength: false,
    });
    expect(added.status).toBe(303);
    expect(added.headers['set-cookie']?.[0]).toContain('cart=7x2');

    const cart = await shop.http2.request({ path: '/cart', headers: { cookie: 'cart=7x2' } });
    expect(cart.body).toContain('/product/7"');
    expect(cart.headers['cache-control']).toBe('private, no-store');

    const till = await shop.http2.request({ path: '/checkout', headers: { cookie: 'cart=7x2' } });
    expect(till.body).toContain('Pretend to buy');
  });

  it('sends those with an empty cart away from the till', async () => {
    const reply = await shop.http2.request('/checkout');
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toBe('/cart');
  });

  it('shows the account only after the login', async () => {
    const before = await shop.http2.request('/account');
    expect(before.headers.location).toBe('/login');
    const login = await shop.http2.request({ path: '/login', body: 'name=Ada', headers: form });
    const [cookie = ''] = login.headers['set-cookie'] ?? [];
    const after = await shop.http2.request({
      path: '/account',
      headers: { cookie: cookie.split(';', 1)[0] },
    });
    expect(after.body).toContain('Hello, Ada');
  });

  it('draws the same picture of a product every time, for caches to keep', async () => {
    const path = '/images/product/42/front.svg';
    const [first, second] = [await shop.http2.request(path), await shop.http1.request(path)];
    expect(first.headers['content-type']).toContain('image/svg+xml');
    expect(first.headers['cache-control']).toBe('public, max-age=86400');
    expect(first.bytes.length).toBeGreaterThan(2000);
    expect(second.body).toBe(first.body);
  });

  it.each(['--http2', '--http1.1'])(
    'gives curl %s the bytes that are on disk',
    async (protocol) => {
      for (const file of ['css/sb-admin-2.min.css', 'vendor/jquery/jquery.min.js']) {
        const url = `${shop.origin}/assets/${file}`;
        const onDisk = await readFile(require.resolve(`startbootstrap-sb-admin-2/${file}`));
        const plain = await runTool('curl', ['-sSk', protocol, url], 'curl');
        expect(plain.equals(onDisk)).toBe(true);
        const packed = await runTool('curl', ['-sSk', '--compressed', protocol, url], 'curl');
        expect(packed.equals(onDisk)).toBe(true);
      }
      const version = await runTool(
        'curl',
        ['-sSk', '-o', '/dev/null', '-w', '%{http_version}', protocol, `${shop.origin}/`],
        'curl',
      );
      expect(version.toString()).toBe(protocol === '--http2' ? '2' : '1.1');
    },
  );

  it.each(['gzip', 'identity'])(
    'sends whole files when many are asked for at once, %s',
    async (coding) => {
      const files = [
        'css/sb-admin-2.min.css',
        'vendor/fontawesome-free/css/all.min.css',
        'vendor/jquery/jquery.min.js',
        'vendor/bootstrap/js/bootstrap.bundle.min.js',
        'vendor/fontawesome-free/webfonts/fa-solid-900.woff2',
        'img/undraw_profile.svg',
      ];
      const received = await Promise.all(
        files.map(async (file) => {
          const { bytes, headers } = await shop.http2.request({
            path: `/assets/${file}`,
            headers: { 'accept-encoding': coding },
          });
          return headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
        }),
      );
      for (const [index, file] of files.entries()) {
        const onDisk = await readFile(require.resolve(`startbootstrap-sb-admin-2/${file}`));
        expect(received[index]?.equals(onDisk)).toBe(true);
      }
    },
  );

  it('is the same shop without headstart', async () => {
    const plain = await serveExample(createShop({ databaseMs: 1, productCount: 400 }));
    const [without, withIt] = await Promise.all([
      plain.http2.request('/category/lamps'),
      shop.http2.request('/category/lamps'),
    ]);
    await plain.close();
    expect(without.body).toBe(withIt.body);
  });
});
