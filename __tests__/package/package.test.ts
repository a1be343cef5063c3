import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The npm install of four small projects is most of it. */
jest.setTimeout(240_000);

const root = join(__dirname, '..', '..');

/** Starts a server, asks it once over HTTP/2 and prints the answer; the same in every project. */
const program = `
const app = express();
app.use(headstart());
app.get('/', (req, res) => {
  res.json({ http: req.httpVersion, path: req.path });
});
const server = createServer(app, { tls: false }).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const client = connect(\`http://127.0.0.1:\${port}\`);
  const stream = client.request({ ':path': '/' });
  let body = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => (body += text));
  stream.on('end', () => {
    client.close();
    void server.shutdown().then(() => console.log(body));
  });
});
`;

/** The program without its types. */
const script = program.replace(' as AddressInfo', '').replace('text: string', 'text');

/** Names that Node adds when an ES module imports CommonJS. */
const interop = new Set(['__esModule', 'default', 'module.exports']);

const answer = '{"http":"2.0","path":"/"}\n';

const esmHead = `
import { connect } from 'node:http2';
import express from 'express';
import { createServer, headstart } from 'headstart';
`;

const typedHead = `import type { AddressInfo } from 'node:net';${esmHead}`;

const cjsHead = `
const { connect } = require('node:http2');
const express = require('express');
const { createServer, headstart } = require('headstart');
`;

const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'ES2022',
    module: 'Node16',
    strict: true,
    exactOptionalPropertyTypes: true,
    esModuleInterop: true,
    types: ['node'],
    outDir: 'out',
  },
  files: ['main.ts'],
});

interface Project {
  readonly type: 'commonjs' | 'module';
  readonly dependencies: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

const express5 = { express: '^5.0.0' };
const express4 = { express: '^4.21.0' };

const projects: Readonly<Record<string, Project>> = {
  cjs: { type: 'commonjs', dependencies: express5, files: { 'main.js': cjsHead + script } },
  esm: { type: 'module', dependencies: express5, files: { 'main.js': esmHead + script } },
  'ts-cjs': {
    type: 'commonjs',
    dependencies: { ...express4, '@types/express': '^4.17.0', '@types/node': '^20.0.0' },
    files: { 'main.ts': typedHead + program, 'tsconfig.json': tsconfig },
  },
  'ts-esm': {
    type: 'module',
    dependencies: { ...express5, '@types/express': '^5.0.0', '@types/node': '^20.0.0' },
    files: { 'main.ts': typedHead + program, 'tsconfig.json': tsconfig },
  },
};

/** Runs a program with the Node of this test and returns what it printed. */
function node(cwd: string, ...args: readonly string[]): string {
  return run(cwd, process.execPath, args);
}

function npm(cwd: string, ...args: readonly string[]): string {
  return run(cwd, 'npm', args);
}

function run(cwd: string, command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', timeout: 120_000 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** The program behind a command of a development dependency. */
function bin(packageName: string, command: string): string {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  const { bin: commands } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const path = typeof commands === 'string' ? commands : commands[command];
  return join(dirname(manifest), path ?? '');
}

describe('the packed package', () => {
  let folder: string;
  let tarball: string;

  beforeAll(() => {
    if (!existsSync(join(root, 'dist', 'index.js'))) {
      throw new Error('dist is missing: npm run build makes it, npm test does so by itself');
    }
    folder = mkdtempSync(join(tmpdir(), 'headstart-package-'));
    const packed = npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    tarball = join(folder, filename);
    const workspaces = Object.keys(projects);
    writeJson(join(folder, 'package.json'), { private: true, workspaces });
    for (const [name, { type, dependencies, files }] of Object.entries(projects)) {
      mkdirSync(join(folder, name));
      writeJson(join(folder, name, 'package.json'), {
        name,
        private: true,
        type,
        dependencies: { ...dependencies, headstart: `file:${tarball}` },
      });
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(folder, name, file), text);
      }
    }
    npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answers over HTTP/2 from a CommonJS project', () => {
    expect(node(join(folder, 'cjs'), 'main.js')).toBe(answer);
  });

  it('answers over HTTP/2 from an ES module project', () => {
    expect(node(join(folder, 'esm'), 'main.js')).toBe(answer);
  });

  it.each([
    ['CommonJS', '4', 'ts-cjs'],
    ['ES module', '5', 'ts-esm'],
  ])('compiles in a strict TypeScript project: %s, Express %s', (_module, major, name) => {
    const cwd = join(folder, name);
    const version = node(cwd, '-p', "require('express/package.json').version");
    expect(version.split('.')[0]).toBe(major);
    node(cwd, bin('typescript', 'tsc'), '-p', '.');
    expect(node(cwd, join('out', 'main.js'))).toBe(answer);
  });

  it('gives ES modules the same names as CommonJS', () => {
    const names = (load: string): unknown => JSON.parse(node(join(folder, 'cjs'), '-e', load));
    const required = names("console.log(JSON.stringify(Object.keys(require('headstart')).sort()))");
    const imported = names(
      "import('headstart').then((all) => console.log(JSON.stringify(Object.keys(all).sort())))",
    ) as string[];
    expect(required).toEqual(expect.arrayContaining(['createServer', 'headstart']));
    expect(imported.filter((name) => !interop.has(name))).toEqual(required);
  });

  it('holds the compiled code, its types and its texts, nothing else', () => {
    const files = run(folder, 'tar', ['-tzf', tarball]).trim().split('\n');
    const others = files.filter((file) => !/^package\/dist\/[^.]+(\.d\.ts|\.js)$/.test(file));
    expect(others.sort()).toEqual([
      'package/CHANGELOG.md',
      'package/LICENSE',
      'package/README.md',
      'package/package.json',
    ]);
  });

  it('passes publint', () => {
    expect(node(folder, bin('publint', 'publint'), 'run', '--strict', tarball)).toContain(
      'All good!',
    );
  });

  it('passes attw: types resolve in CommonJS, ES modules and bundlers', () => {
    const options = ['--profile', 'node16', '--no-definitely-typed', '--format', 'ascii'];
    const attw = bin('@arethetypeswrong/cli', 'attw');
    expect(node(folder, attw, tarball, ...options, '--no-emoji')).toContain('No problems found');
  });
});

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
