import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommonPushRules } from '../../lib/prediction/common-push-rules';

/** As Vite 7 writes it. */
const vite = {
  '_shared-B7PI925R.js': { file: 'assets/shared-B7PI925R.js', css: ['assets/shared-Chq4mUkq.css'] },
  'views/foo.js': {
    file: 'assets/foo-BRBmoGS9.js',
    isEntry: true,
    imports: ['_shared-B7PI925R.js'],
    css: ['assets/foo-5UjPuW-k.css'],
    dynamicImports: ['views/lazy.js'],
  },
  'views/lazy.js': { file: 'assets/lazy-gkvgaI9a.js', isDynamicEntry: true },
};

const urlsOf = (rule: ReturnType<typeof CommonPushRules.viteBuild>): string[] =>
  new CommonPushRules([rule]).match('/').map(({ url }) => url);

describe('viteBuild', () => {
  it('names the styles and modules of an entry, and of what it imports, but nothing lazy', () => {
    const rules = new CommonPushRules([CommonPushRules.viteBuild('/', vite)]);
    expect(rules.match('/')).toEqual([
      { url: '/assets/foo-5UjPuW-k.css', as: 'style', crossorigin: 'anonymous' },
      { url: '/assets/shared-Chq4mUkq.css', as: 'style', crossorigin: 'anonymous' },
      { url: '/assets/foo-BRBmoGS9.js', as: 'script', crossorigin: 'anonymous' },
      { url: '/assets/shared-B7PI925R.js', as: 'script', crossorigin: 'anonymous' },
    ]);
  });

  it('follows base, and tags without crossorigin', () => {
    const rule = CommonPushRules.viteBuild('/', vite, { base: '/static/', crossorigin: false });
    expect(new CommonPushRules([rule]).match('/')[0]).toEqual({
      url: '/static/assets/foo-5UjPuW-k.css',
      as: 'style',
    });
  });

  it('reads a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
    const file = join(folder, 'manifest.json');
    writeFileSync(file, JSON.stringify(vite));
    expect(urlsOf(CommonPushRules.viteBuild('/', file, { entry: 'views/foo.js' }))).toHaveLength(4);
    rmSync(folder, { recursive: true });
  });

  it('ends with imports in a circle', () => {
    const circle = {
      a: { file: 'a.js', isEntry: true, imports: ['b'] },
      b: { file: 'b.js', imports: ['a'] },
    };
    expect(urlsOf(CommonPushRules.viteBuild('/', circle))).toEqual(['/a.js', '/b.js']);
  });

  it('refuses an entry that is not there', () => {
    expect(() => CommonPushRules.viteBuild('/', vite, { entry: 'x.js' })).toThrow(TypeError);
  });
});

describe('webpackBuild', () => {
  it.each([
    [
      'stats',
      {
        publicPath: '/dist/',
        entrypoints: {
          main: { assets: [{ name: 'a.js' }, { name: 'a.css' }, { name: 'a.js.map' }] },
        },
      },
    ],
    [
      'an assets manifest',
      { publicPath: '/dist/', entrypoints: { main: { assets: { js: ['a.js'], css: ['a.css'] } } } },
    ],
    ['a plain map', { 'main.js': '/dist/a.js', 'main.css': '/dist/a.css' }],
  ])('names the styles and scripts of an entry by %s', (_title, manifest) => {
    expect(urlsOf(CommonPushRules.webpackBuild('/', manifest))).toEqual([
      '/dist/a.css',
      '/dist/a.js',
    ]);
  });

  it('refuses an entry that is not there', () => {
    expect(() => CommonPushRules.webpackBuild('/', {}, { entry: 'x' })).toThrow(TypeError);
  });
});
