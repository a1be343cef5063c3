import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { connect } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { freePort } from '../support/free-port';

jest.setTimeout(60_000);

const root = join(__dirname, '..', '..');

interface Page {
  readonly path: string;
  readonly text: string;
}

const pages: readonly Page[] = [
  join(root, 'README.md'),
  join(root, 'CHANGELOG.md'),
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(root, 'docs', file)),
].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** Blocks marked `ts` or `js`, by the name that errors in them are told with. */
function codeBlocks({ path, text }: Page): [string, string][] {
  return [...text.matchAll(/^```(?:ts|js)\n(.*?)^```/gms)].map((match, index) => [
    join(root, `${relative(root, path).replaceAll('/', '-')}.${index + 1}.ts`),
    match[1] ?? '',
  ]);
}

/** What the compiler says of texts that are in no file, when `headstart` is this package. */
function compile(texts: ReadonlyMap<string, string>): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  Object.assign(options, {
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: { headstart: [join(root, 'lib', 'index.ts')] },
  });
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, target) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, target);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file !== undefined && texts.has(file.fileName))
    .map(({ file, start, messageText }) => {
      const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      return `${relative(root, file?.fileName ?? '')}:${line + 1} ${message}`;
    });
}

/** What a program printed first; whatever it said instead when it ended without printing. */
async function firstLine(program: ChildProcess): Promise<string> {
  let complaint = '';
  program.stderr?.on('data', (text: Buffer) => (complaint += String(text)));
  for await (const text of program.stdout ?? []) return String(text).trim();
  throw new Error(`the program ended: ${complaint}`);
}

async function get(origin: string): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  const client = connect(origin, { rejectUnauthorized: false });
  try {
    const stream = client.request({ ':path': '/' });
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    let body = '';
    for await (const chunk of stream.setEncoding('utf8')) body += String(chunk);
    return { headers, body };
  } finally {
    client.close();
  }
}

describe('the documentation', () => {
  it('holds code that compiles', () => {
    const texts = new Map(pages.flatMap(codeBlocks));
    expect(texts.size).toBeGreaterThan(10);
    // Proves that errors are found; one compiler run is slow enough.
    texts.set(
      join(root, 'bad.ts'),
      "import { createServer } from 'headstart';\ncreateServer(1);\n",
    );
    expect(compile(texts)).toEqual([expect.stringMatching(/^bad\.ts:2 Argument of type 'number'/)]);
  });

  it('has links that lead somewhere', () => {
    const dead = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !leads(path, link))
        .map((link) => `${relative(root, path)}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  it.each([
    ['server', 'server.md'],
    ['prediction', 'prediction.md'],
    ['delivery', 'delivery.md'],
    ['buffers', 'buffers.md'],
    ['compression', 'compression.md'],
    ['cache', 'cache.md'],
    ['multiplexing', 'multiplexing.md'],
    ['limits', 'limits.md'],
    ['auth', 'auth.md'],
    ['stores', 'auth.md'],
  ])('names every option and every class of lib/%s in docs/%s', (folder, file) => {
    const text = readFileSync(join(root, 'docs', file), 'utf8');
    const { optionsOf, classes } = publicNames(folder);
    const options = [...optionsOf.values()].flat();
    expect(options.length + classes.length).toBeGreaterThan(0);
    expect(options.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    expect(classes.filter((name) => !text.includes(`\n## \`${name}\`\n`))).toEqual([]);
  });

  it.each([
    ['delivery', 'serverPush', 'ServerPushOptions'],
    ['buffers', 'zeroCopy', 'ZeroCopyOptions'],
    ['compression', 'dynamicCompression', 'CompressionOptions'],
    ['cache', 'responseCache', 'ResponseCacheOptions'],
    ['multiplexing', 'multiplexing', 'FlowControlOptions'],
  ])('names every option of lib/%s in the README', (folder, part, type) => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const options = publicNames(folder).optionsOf.get(type) ?? [];
    expect(options.length).toBeGreaterThan(0);
    expect(options.filter((name) => !text.includes(`| \`${part}.${name}\` `))).toEqual([]);
  });

  it('explains every error code', () => {
    const source = readFileSync(join(root, 'lib', 'util', 'errors.ts'), 'utf8');
    const codes = [...source.matchAll(/'(ERR_\w+)'/g)].map((match) => match[1] ?? '');
    const errors = readFileSync(join(root, 'docs', 'errors.md'), 'utf8');
    const explained = [...errors.matchAll(/^### `(ERR_\w+)`$/gm)].map((match) => match[1] ?? '');
    expect(explained.sort()).toEqual(codes.sort());
  });
});

/** Members of each option interface, and the classes, that the package exports from a folder. */
function publicNames(folder: string): { optionsOf: Map<string, string[]>; classes: string[] } {
  const index = parse(join(root, 'lib', 'index.ts'));
  const optionsOf = new Map<string, string[]>();
  const classes: string[] = [];
  for (const statement of index.statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) continue;
    const from = statement.moduleSpecifier;
    if (from === undefined || !ts.isStringLiteral(from)) continue;
    if (!from.text.startsWith(`./${folder}/`) || !ts.isNamedExports(statement.exportClause))
      continue;
    const exported = new Set(statement.exportClause.elements.map((one) => one.name.text));
    for (const declared of parse(join(root, 'lib', `${from.text}.ts`)).statements) {
      if (ts.isClassDeclaration(declared) && exported.has(declared.name?.text ?? '')) {
        classes.push(declared.name?.text ?? '');
      }
      if (!ts.isInterfaceDeclaration(declared) || !exported.has(declared.name.text)) continue;
      if (!declared.name.text.endsWith('Options')) continue;
      const members = declared.members.map((member) => member.name?.getText() ?? '');
      optionsOf.set(declared.name.text, members);
    }
  }
  return { optionsOf, classes };
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
}

/** Whether a link leads to a file that exists, and to a heading in it. */
function leads(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(path)) return false;
  if (anchor === undefined) return true;
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].some(([, title = '']) => slug(title) === anchor);
}

/** The anchor GitHub gives a heading. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

describe("the README's first program", () => {
  let running: ChildProcess | undefined;

  afterEach(async () => {
    if (running === undefined || running.exitCode !== null) return;
    running.kill();
    await once(running, 'exit');
  });

  it('answers over HTTP/2 at the address it prints', async () => {
    const [page] = pages;
    const [, program = ''] = codeBlocks(page ?? { path: '', text: '' })[0] ?? [];
    const port = await freePort();
    // Nothing but the port is changed, because another program may hold the one in the text.
    const args = ['--input-type=module', '--eval', program.replaceAll('8443', String(port))];
    running = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const address = await firstLine(running);
    expect(address).toBe(`https://localhost:${port}/`);
    const { headers, body } = await get(address);
    expect(headers[':status']).toBe(200);
    expect(body).toBe('<h1>Hello</h1>');
  });
});
