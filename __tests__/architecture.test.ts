import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import ts from 'typescript';

/** What each folder of `lib` may import, besides itself. Arrows that are not here do not exist. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  util: [],
  auth: ['util', 'response'],
  stores: ['util'],
  response: ['util'],
  prediction: ['util'],
  server: ['util'],
  buffers: ['util', 'response'],
  multiplexing: ['util', 'response'],
  cache: ['util', 'response', 'buffers'],
  delivery: ['util', 'response', 'prediction'],
  compression: ['util', 'response', 'buffers'],
  limits: ['util'],
};

/** Files directly in `lib`; both may import every folder. */
const roots = new Set(['headstart.ts', 'index.ts']);

/** Modules of Node that `lib/prediction` must not know. */
const transports = ['node:http', 'node:http2', 'node:https', 'node:net', 'node:tls'];

const maxCodeLines = 300;

/** Text of source files by their path in `lib`, with `/` between folders. */
type Sources = ReadonlyMap<string, string>;

interface Rules {
  /** Packages that `lib` may import. */
  readonly dependencies: readonly string[];
}

function violations(sources: Sources, rules: Rules): string[] {
  const found: string[] = [];
  const graph = new Map<string, readonly string[]>();
  for (const [path, text] of sources) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
    const specifiers = ts
      .preProcessFile(text, true, true)
      .importedFiles.map((file) => file.fileName);
    found.push(...placement(path), ...size(path, source));
    if (path === 'index.ts') found.push(...onlyReExports(source));
    const local = specifiers.filter((one) => one.startsWith('.'));
    const targets = local.map((one) => resolve(path, one, sources));
    graph.set(
      path,
      targets.filter((one) => sources.has(one)),
    );
    for (const target of targets) found.push(...arrow(path, target, sources));
    for (const one of specifiers)
      if (!one.startsWith('.')) found.push(...outside(path, one, rules));
  }
  return [...found, ...cycles(graph)];
}

const folderOf = (path: string): string => path.split('/')[0] ?? '';

function placement(path: string): string[] {
  const isKnown = path.includes('/') ? Object.hasOwn(arrows, folderOf(path)) : roots.has(path);
  return isKnown ? [] : [`${path} is not in a known folder`];
}

function resolve(from: string, specifier: string, sources: Sources): string {
  const path = normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/');
  const isFile = sources.has(path) || path.endsWith('.json');
  return isFile ? path : `${path.replace(/\.js$/, '')}.ts`;
}

function arrow(from: string, to: string, sources: Sources): string[] {
  if (!sources.has(to)) return [`${from} imports ${to}, which is no file of lib`];
  if (!to.includes('/')) return from === 'index.ts' ? [] : [`${from} imports ${to}`];
  if (roots.has(from) || folderOf(from) === folderOf(to)) return [];
  return arrows[folderOf(from)]?.includes(folderOf(to)) ? [] : [`${from} imports ${to}`];
}

function outside(from: string, specifier: string, rules: Rules): string[] {
  const isTransport = transports.some((one) => specifier === one);
  if (folderOf(from) === 'prediction' && isTransport) return [`${from} imports ${specifier}`];
  const isKnown = specifier.startsWith('node:') || rules.dependencies.includes(specifier);
  return isKnown ? [] : [`${from} imports ${specifier}, which is not in dependencies`];
}

function onlyReExports(source: ts.SourceFile): string[] {
  return source.statements
    .filter((one) => !ts.isExportDeclaration(one) || one.moduleSpecifier === undefined)
    .map((one) => `index.ts does more than re-export: ${one.getText().split('\n')[0]}`);
}

function size(path: string, source: ts.SourceFile): string[] {
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode)
      return;
    const children = node.getChildren(source);
    for (const child of children) visit(child);
    if (children.length > 0 || node.getWidth(source) === 0) return;
    const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = first; line <= last; line++) lines.add(line);
  };
  visit(source);
  return lines.size > maxCodeLines ? [`${path} has ${lines.size} lines of code`] : [];
}

/** Each cycle is told once, at the import that closes it. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return found;
}

function readLib(): Sources {
  const lib = join(__dirname, '..', 'lib');
  const files = readdirSync(lib, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .map((path) => [relative(lib, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

function declaredDependencies(): string[] {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return Object.keys((JSON.parse(text) as { dependencies?: object }).dependencies ?? {});
}

describe('the imports of lib', () => {
  const sources = readLib();

  it('keep to the arrows, form no cycle and stay in small files', () => {
    expect(sources.size).toBeGreaterThan(20);
    expect(violations(sources, { dependencies: declaredDependencies() })).toEqual([]);
  });

  it('come from exactly the known folders', () => {
    const folders = [...sources.keys()].filter((path) => path.includes('/')).map(folderOf);
    expect([...new Set(folders)].sort()).toEqual(Object.keys(arrows).sort());
  });
});

describe('the check of imports', () => {
  const check = (files: Readonly<Record<string, string>>) =>
    violations(new Map(Object.entries(files)), { dependencies: ['good'] });

  it('accepts imports along the arrows', () => {
    const files = {
      'util/a.ts': "import { b } from './b'; import 'node:util'; import 'good';",
      'util/b.ts': '',
      'response/r.ts': "import { a } from '../util/a';",
      'buffers/z.ts': "import { r } from '../response/r';",
      'headstart.ts': "import { z } from './buffers/z';",
      'index.ts': "export { headstart } from './headstart'; export type { Z } from './buffers/z';",
    };
    expect(check(files)).toEqual([]);
  });

  it.each([
    ['util', 'response'],
    ['response', 'buffers'],
    ['buffers', 'multiplexing'],
    ['prediction', 'response'],
    ['server', 'response'],
    ['multiplexing', 'delivery'],
    ['delivery', 'buffers'],
    ['delivery', 'cache'],
    ['buffers', 'cache'],
    ['cache', 'multiplexing'],
  ])('refuses an import from %s to %s', (from, to) => {
    const files = { [`${from}/a.ts`]: `import { b } from '../${to}/b';`, [`${to}/b.ts`]: '' };
    expect(check(files)).toEqual([`${from}/a.ts imports ${to}/b.ts`]);
  });

  it.each([
    ['a type', "import type { b } from '../response/b';"],
    ['a re-export', "export { b } from '../response/b';"],
    ['a dynamic import', "const later = import('../response/b');"],
    ['a require', "const b = require('../response/b');"],
    ['an import type', "let b: import('../response/b').B;"],
  ])('sees %s', (_, text) => {
    expect(check({ 'util/a.ts': text, 'response/b.ts': '' })).toEqual([
      'util/a.ts imports response/b.ts',
    ]);
  });

  it('refuses a part that imports the preset', () => {
    const files = { 'delivery/a.ts': "import { h } from '../headstart';", 'headstart.ts': '' };
    expect(check(files)).toEqual(['delivery/a.ts imports headstart.ts']);
  });

  it('refuses HTTP in prediction', () => {
    const text = "import type { IncomingMessage } from 'node:http';";
    expect(check({ 'prediction/a.ts': text })).toEqual(['prediction/a.ts imports node:http']);
    expect(check({ 'delivery/a.ts': text })).toEqual([]);
  });

  it('refuses a package that is not in dependencies', () => {
    expect(check({ 'server/a.ts': "import bad from 'bad';" })).toEqual([
      'server/a.ts imports bad, which is not in dependencies',
    ]);
  });

  it('refuses a cycle, even of types', () => {
    const files = {
      'util/a.ts': "import type { b } from './b';",
      'util/b.ts': "import type { a } from './a';",
    };
    expect(check(files)).toEqual(['cycle: util/a.ts -> util/b.ts -> util/a.ts']);
  });

  it('refuses code in index.ts', () => {
    expect(check({ 'index.ts': 'export const one = 1;' })).toEqual([
      'index.ts does more than re-export: export const one = 1;',
    ]);
  });

  it('refuses a file in an unknown folder', () => {
    expect(check({ 'helpers/a.ts': '', 'utils.ts': '' })).toEqual([
      'helpers/a.ts is not in a known folder',
      'utils.ts is not in a known folder',
    ]);
  });

  it('counts lines of code without comments and blank lines', () => {
    const comment = '/**\n * Says why.\n */\n\n// More.\n'.repeat(100);
    expect(check({ 'util/a.ts': comment + 'f(\n1);\n'.repeat(150) })).toEqual([]);
    expect(check({ 'util/a.ts': comment + 'f(\n1);\n'.repeat(151) })).toEqual([
      'util/a.ts has 302 lines of code',
    ]);
  });
});
