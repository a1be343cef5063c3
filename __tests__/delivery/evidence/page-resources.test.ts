import { resourcesOfPage } from '../../../lib/delivery/evidence/page-resources';

const url = new URL('https://site.test/shop/page');
const found = (html: string) => resourcesOfPage(html, url);
const urls = (html: string) => found(html).map((one) => one.url);

const passedOver: readonly (readonly [string, string])[] = [
  ['in a comment', '<!-- <script src="/x.js"></script> -->'],
  ['in a script', '<script>document.write("<script src=/x.js>")</script>'],
  ['in a template', '<template><script src="/x.js"></script></template>'],
  ['in noscript', '<noscript><link rel="stylesheet" href="/x.css"></noscript>'],
  ['in a title', '<title><script src="/x.js"></title>'],
  ['for print', '<link rel="stylesheet" media="print" href="/x.css">'],
  ['alternate', '<link rel="alternate stylesheet" href="/x.css">'],
  ['for old browsers', '<script nomodule src="/x.js"></script>'],
  ['data', '<script type="application/json" src="/x.json"></script>'],
  [
    'of another origin',
    '<script src="https://cdn.test/x.js"></script><script src="//c.test/x.js"></script>',
  ],
  [
    'no script of a server',
    '<script src="javascript:alert(1)"></script><script src="data:,1"></script>',
  ],
  [
    'in a picture',
    '<picture><source srcset="/y.avif"><img src="/x.png" fetchpriority="high"></picture>',
  ],
  ['cut off', '<script src="/x.js'],
  ['cut off behind the value', '<script src="/x.js"'],
  ['an end tag', '</script src="/x.js">'],
];

describe('resourcesOfPage', () => {
  it('finds style sheets, scripts and preloads, in the order and the mode of the page', () => {
    const html = `<!DOCTYPE html><html><head>
      <link rel="stylesheet" href="/a.css"><link rel=preload as=font href=/f.woff2 crossorigin>
      <LINK REL='modulepreload' HREF='m.js'>
      <script src="/b.js" defer integrity="sha384-abc"></script>
      <script type="module" src="../c.mjs"></script></head>
      <body><script src="/d.js?v=1&amp;w=2"></script>`;
    expect(found(html)).toEqual([
      { url: '/a.css', as: 'style' },
      { url: '/f.woff2', as: 'font', crossorigin: 'anonymous' },
      { url: '/shop/m.js', as: 'script', crossorigin: 'anonymous' },
      { url: '/b.js', as: 'script', fetchPriority: 'low', integrity: 'sha384-abc' },
      { url: '/c.mjs', as: 'script', crossorigin: 'anonymous', fetchPriority: 'low' },
      { url: '/d.js?v=1&w=2', as: 'script' },
    ]);
  });

  it('finds images that the page calls urgent, with their candidates', () => {
    const html = `<img src="/a.png"><img src="/b.png" fetchpriority="high" srcset="/b2.png 2x">
      <link rel="preload" as="image" href="/c.png" imagesrcset="/c2.png 2x" imagesizes="50vw">`;
    expect(found(html)).toEqual([
      { url: '/b.png', as: 'image', fetchPriority: 'high', imageSrcset: '/b2.png 2x' },
      { url: '/c.png', as: 'image', imageSrcset: '/c2.png 2x', imageSizes: '50vw' },
    ]);
  });

  it('takes the first of the largest images for urgent, if the page calls none so', () => {
    const html = `<img src="/icon.svg" width="30" height="30"><img src="/a.png" width="640" height="400">
      <img src="/b.png" width="640" height="400"><img src="/lazy.png" width="900" height="900" loading="lazy">
      <img src="/low.png" width="900" height="900" fetchpriority="low"><img src="/c.png" width="50%" height="9000">
      <img src="https://cdn.test/d.png" width="900" height="900">`;
    expect(found(html)).toEqual([{ url: '/a.png', as: 'image', fetchPriority: 'high' }]);
    expect(urls(`${html}<link rel="preload" as="image" href="/own.png">`)).toEqual(['/own.png']);
    expect(urls('<img src="/a.png" width="99" height="101">')).toEqual([]);
  });

  it('tells which scripts a page can be painted without, unless they make the page', () => {
    const scripts =
      '<script src="/head.js"></script><script src="/defer.js" defer></script><body><script src="/body.js"></script>';
    const late = (html: string) => found(html).flatMap(({ url, isLate }) => (isLate ? [url] : []));
    expect(late(`${scripts}${'<p>text</p>'.repeat(7)}`)).toEqual(['/defer.js', '/body.js']);
    expect(late(`${scripts}<div id="root"></div>`)).toEqual([]);
  });

  it.each(passedOver)('passes over what is %s', (_title, html) => {
    expect(urls(html)).toEqual([]);
  });

  it('goes on behind all of these', () => {
    const html = passedOver.filter(([title]) => !title.startsWith('cut off')).map(([, one]) => one);
    expect(urls(`${html.join('')}<script src="/after.js"></script>`)).toEqual(['/after.js']);
  });

  it('follows the base of the page, and leaves its origin out if the base is elsewhere', () => {
    expect(urls('<base href="/v2/"><script src="a.js"></script>')).toEqual(['/v2/a.js']);
    expect(urls('<base href="https://cdn.test/"><script src="a.js"></script>')).toEqual([]);
  });

  it('takes an absolute URL of its own origin for a path', () => {
    expect(urls('<script src="https://site.test/a.js"></script>')).toEqual(['/a.js']);
  });

  it('names each resource once and at most 24', () => {
    const many = Array.from({ length: 50 }, (_, i) => `<script src="/${i >> 1}.js"></script>`);
    expect(urls(many.join(''))).toHaveLength(24);
  });

  it('comes to an end with anything that looks like HTML', () => {
    const parts = [
      '<',
      '>',
      '"',
      "'",
      '=',
      '/',
      '!--',
      '-->',
      'script',
      'link',
      ' src',
      'a',
      '&#x',
      '\0',
      '\n',
    ];
    let seed = 1;
    for (let round = 0; round < 3000; round++) {
      let html = '';
      for (let i = 0; i < 30; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        html += parts[seed % parts.length] ?? '';
      }
      expect(Array.isArray(found(html))).toBe(true);
    }
  });
});
