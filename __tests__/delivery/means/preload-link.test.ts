import { assert, property, string } from 'fast-check';
import { formatPrefetch, formatPreload } from '../../../lib/delivery/means/preload-link';
import type { PushResource } from '../../../lib/prediction/push-rule';

describe('formatPreload', () => {
  it.each<[PushResource, string]>([
    [{ url: '/app.css' }, '</app.css>; rel=preload; as=style'],
    [{ url: '/app.js?v=2' }, '</app.js?v=2>; rel=preload; as=script'],
    [{ url: '/a.woff2' }, '</a.woff2>; rel=preload; as=font; crossorigin'],
    [{ url: '/api', as: 'fetch' }, '</api>; rel=preload; as=fetch; crossorigin'],
    [
      { url: '/api', as: 'fetch', crossorigin: 'use-credentials' },
      '</api>; rel=preload; as=fetch; crossorigin="use-credentials"',
    ],
    [
      { url: '/app.js', crossorigin: 'anonymous' },
      '</app.js>; rel=preload; as=script; crossorigin',
    ],
    [
      { url: '/a.avif', type: 'image/avif', fetchPriority: 'high' },
      '</a.avif>; rel=preload; as=image; type="image/avif"; fetchpriority=high',
    ],
    [{ url: 'https://cdn.test/a.css' }, '<https://cdn.test/a.css>; rel=preload; as=style'],
  ])('formats %j', (resource, link) => {
    expect(formatPreload(resource)).toBe(link);
  });

  it.each([
    ['/ü.css', '</%C3%BC.css>'],
    ['/a>b.css', '</a%3Eb.css>'],
    ['/a b"<c.css', '</a%20b%22%3Cc.css>'],
    ['/%20.css', '</%20.css>'],
  ])('encodes %j', (url, target) => {
    expect(formatPreload({ url })).toBe(`${target}; rel=preload; as=style`);
  });

  it.each([
    '/a\r\nset-cookie: x.css',
    '/a\u0000.css',
    '/\u007f.css',
    '/\u0085.css',
    '//other.test/a.css',
    '/\\other.test/a.css',
    'a.css',
    'javascript:x.css',
    '/\ud800.css',
    '/unknown',
  ])('refuses %j', (url) => {
    expect(formatPreload({ url })).toBeUndefined();
  });

  it('leaves out a type that is none', () => {
    expect(formatPreload({ url: '/a.css', type: 'text/css"; as=script' })).toBe(
      '</a.css>; rel=preload; as=style',
    );
  });

  it('is one link of visible ASCII whatever the URL', () => {
    assert(
      property(string({ unit: 'binary' }), (rest) => {
        const link = formatPreload({ url: `/${rest}`, as: 'style' });
        if (link === undefined) return;
        expect(link).toMatch(/^<[\x21-\x7e]*>; rel=preload; as=style$/);
        expect(link.indexOf('>')).toBe(link.lastIndexOf('>'));
      }),
    );
  });
});

describe('formatPrefetch', () => {
  it('names the mode of the request, and nothing that would make it urgent', () => {
    const image = { url: '/a.png', fetchPriority: 'high', integrity: 'sha384-abc' } as const;
    expect(formatPrefetch(image)).toBe('</a.png>; rel=prefetch; as=image');
    expect(formatPrefetch({ url: '/a.woff2' })).toBe(
      '</a.woff2>; rel=prefetch; as=font; crossorigin',
    );
  });

  it.each(['//evil.test/a.css', '/a.css\r\nset-cookie: a=1', '/nothing-known'])(
    'says nothing of %j',
    (url) => {
      expect(formatPrefetch({ url })).toBeUndefined();
    },
  );
});

describe('the attributes of the page', () => {
  it('are named as Link headers name them', () => {
    const image = { url: '/a.png', imageSrcset: '/a.png 1x, /b.png 2x', imageSizes: '50vw' };
    expect(formatPreload(image)).toBe(
      '</a.png>; rel=preload; as=image; imagesrcset="/a.png 1x, /b.png 2x"; imagesizes="50vw"',
    );
    expect(formatPreload({ url: '/a.js', integrity: 'sha384-abc' })).toBe(
      '</a.js>; rel=preload; as=script; integrity="sha384-abc"',
    );
  });

  it.each(['"', '\r\nset-cookie: a=1', 'é', '\\'])('cannot end the field with %j', (evil) => {
    expect(formatPreload({ url: '/a.js', integrity: `sha256-a${evil}` })).toBeUndefined();
    expect(formatPreload({ url: '/a.png', imageSrcset: `/b.png${evil}` })).toBeUndefined();
  });
});
