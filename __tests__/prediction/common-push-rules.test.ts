import * as fc from 'fast-check';
import { CommonPushRules, type PushRule } from '../../lib/prediction/common-push-rules';

const rulesOf = (...rules: unknown[]): CommonPushRules =>
  new CommonPushRules(rules as readonly PushRule[]);

const urls = (rules: CommonPushRules, path: string): string[] =>
  rules.match(path).map(({ url }) => url);

describe('CommonPushRules', () => {
  it('matches patterns, regular expressions and functions', () => {
    const rules = rulesOf(
      { route: '/product/:id', resources: ['/product.css'] },
      { route: /^\/product\/\d+$/g, resources: ['/numbered.css'] },
      { route: (path: string) => path.endsWith('7'), resources: ['/seven.css'] },
    );
    for (let i = 0; i < 2; i++) {
      expect(urls(rules, '/product/17')).toEqual(['/product.css', '/numbered.css', '/seven.css']);
    }
    expect(urls(rules, '/product/x')).toEqual(['/product.css']);
    expect(urls(rules, '/')).toEqual([]);
  });

  it('fills in kind and CORS mode from the extension', () => {
    const resources = ['/a.css', '/a.js', '/a.woff2', '/a.webp', '/a.json'];
    expect(rulesOf({ route: '/', resources }).match('/')).toEqual([
      { url: '/a.css', as: 'style' },
      { url: '/a.js', as: 'script' },
      { url: '/a.woff2', as: 'font', crossorigin: 'anonymous' },
      { url: '/a.webp', as: 'image' },
      { url: '/a.json', as: 'fetch', crossorigin: 'anonymous' },
    ]);
  });

  it('keeps what was said of a resource', () => {
    const resource = {
      url: '/api/me',
      as: 'fetch',
      crossorigin: 'use-credentials',
      type: 'application/json',
      fetchPriority: 'low',
    } as const;
    expect(rulesOf({ route: '/', resources: [resource] }).match('/')).toEqual([resource]);
  });

  it('names each URL once, as the first rule says', () => {
    const rules = rulesOf(
      { route: '/', resources: ['/a.css', '/b.js', '/a.css'] },
      { route: '/', resources: ['/c.js', { url: '/a.css', fetchPriority: 'low' }] },
    );
    expect(rules.match('/')).toEqual([
      { url: '/a.css', as: 'style' },
      { url: '/b.js', as: 'script' },
      { url: '/c.js', as: 'script' },
    ]);
  });

  it('is not changed by changing the rules afterwards', () => {
    const resource = { url: '/a.css' };
    const resources: { url: string }[] = [resource];
    const rules = rulesOf({ route: '/', resources });
    resource.url = '/b.css';
    resources.push({ url: '/c.css' });
    expect(urls(rules, '/')).toEqual(['/a.css']);
  });

  it.each([
    [[null], 'rules[0] must be an object, got null'],
    [[{ route: '/' }], 'rules[0].resources must be an array, got undefined'],
    [
      [{ route: '/', resources: [] }, { resources: [] }],
      'rules[1].route must be a route pattern, a RegExp or a function, got undefined',
    ],
    [[{ route: 'a', resources: [] }], 'rules[0].route must start with a slash'],
    [[{ route: '/:id?', resources: [] }], 'rules[0].route may only have whole segments'],
    [[{ route: '/', resources: ['a.css'] }], 'rules[0].resources[0].url must begin with a slash'],
    [[{ route: '/', resources: [7] }], 'rules[0].resources[0] must be an URL or an object, got 7'],
    [[{ route: '/', resources: ['/search'] }], 'rules[0].resources[0].as must be one of style'],
    [[{ route: '/', resources: [{ url: '/a', as: 'document' }] }], 'resources[0].as must be'],
    [[{ route: '/', resources: [{ url: '/a', as: 'toString' }] }], 'resources[0].as must be'],
    [
      [{ route: '/', resources: [{ url: '/a.woff2', crossorigin: 'use-credentials' }] }],
      "rules[0].resources[0].crossorigin must be 'anonymous' for fonts",
    ],
    [
      [{ route: '/', resources: [{ url: '/a.js', crossorigin: true }] }],
      "rules[0].resources[0].crossorigin must be 'anonymous' or 'use-credentials', got true",
    ],
    [
      [{ route: '/', resources: [{ url: '/a.js', type: 'text/js\r\nX: 1' }] }],
      'rules[0].resources[0].type must be a media type',
    ],
    [
      [{ route: '/', resources: [{ url: '/a.js', fetchPriority: 'auto' }] }],
      "rules[0].resources[0].fetchPriority must be 'high' or 'low', got 'auto'",
    ],
  ])('refuses %j', (given, message) => {
    expect(() => rulesOf(...given)).toThrow(TypeError);
    expect(() => rulesOf(...given)).toThrow(message);
  });

  it('refuses rules that are no array', () => {
    expect(() => new CommonPushRules({} as never)).toThrow('rules must be an array, got {}');
  });

  it('accepts no URL that could break out of a Link header', () => {
    const tail = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(tail, (text) => {
        try {
          rulesOf({ route: '/', resources: [{ url: `/${text}`, as: 'script' }] });
        } catch {
          return;
        }
        expect(text).toMatch(/^[\x21-\x7e]*$/);
        expect(text).not.toMatch(/[<>"]/);
      }),
    );
  });
});

describe('presets', () => {
  const assets = { css: ['/a.css', '/b.css'], js: '/a.js' };

  it('list style sheets before scripts', () => {
    const rules = rulesOf(CommonPushRules.bundledPage('/shop/:id', assets));
    expect(urls(rules, '/shop/1')).toEqual(['/a.css', '/b.css', '/a.js']);
  });

  it('know the kind of URLs without an extension', () => {
    const rules = rulesOf(
      CommonPushRules.bundledPage('/', { js: '/assets/main' }),
      CommonPushRules.apiAfterPage('/', '/api/cart'),
      CommonPushRules.stylesheetFonts('/', '/fonts/inter'),
      CommonPushRules.heroImage('/', '/images/hero'),
    );
    expect(rules.match('/')).toEqual([
      { url: '/assets/main', as: 'script' },
      { url: '/api/cart', as: 'fetch', crossorigin: 'anonymous' },
      { url: '/fonts/inter', as: 'font', crossorigin: 'anonymous' },
      { url: '/images/hero', as: 'image', fetchPriority: 'high' },
    ]);
  });

  it('take every path without an extension for the shell of an app', () => {
    const rules = rulesOf(CommonPushRules.spaShell(assets));
    expect(['/', '/cart', '/v1.2/cart/'].map((path) => rules.match(path).length)).toEqual([
      3, 3, 3,
    ]);
    expect(urls(rules, '/logo.svg')).toEqual([]);
  });

  it('recognise pages to sign in and sign up', () => {
    const rules = rulesOf(CommonPushRules.authPages(assets));
    const yes = ['/login', '/account/sign-in', '/signup/', '/register', '/reset-password'];
    for (const path of yes) expect(urls(rules, path)).toHaveLength(3);
    for (const path of ['/', '/logout', '/login/callback', '/blog-login']) {
      expect(urls(rules, path)).toEqual([]);
    }
  });
});

describe('when', () => {
  const rules = new CommonPushRules([
    { route: '/', when: ({ headers }) => headers.cookie === undefined, resources: ['/new.css'] },
    { route: '/', resources: ['/all.css'] },
  ]);
  const urls = (headers: Record<string, string>) =>
    rules.match('/', { headers }).map((one) => one.url);

  it('asks the request', () => {
    expect(urls({})).toEqual(['/new.css', '/all.css']);
    expect(urls({ cookie: 'a=1' })).toEqual(['/all.css']);
  });

  it('is not met without a request', () => {
    expect(rules.match('/').map((one) => one.url)).toEqual(['/all.css']);
  });

  it('must be a function', () => {
    const rule = { route: '/', when: true, resources: [] };
    expect(() => new CommonPushRules([rule as never])).toThrow('rules[0].when must be a function');
  });
});

describe('what a page says of its own tags', () => {
  it('is kept', () => {
    const image = { url: '/a.png', imageSrcset: '/b.png 2x', imageSizes: '50vw' };
    const script = { url: '/a.js', integrity: 'sha384-abc' };
    const match = new CommonPushRules([{ route: '/', resources: [image, script] }]).match('/');
    expect(match).toMatchObject([image, script]);
  });

  it.each([
    [{ url: '/a.js', integrity: 'abc' }, 'integrity'],
    [{ url: '/a.js', imageSrcset: '/b.png 2x' }, 'imageSrcset'],
    [{ url: '/a.png', imageSizes: '"' }, 'imageSizes'],
  ])('is refused as %j', (resource, name) => {
    expect(() => new CommonPushRules([{ route: '/', resources: [resource] }])).toThrow(name);
  });
});
