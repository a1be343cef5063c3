import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const sources = ['buffers-server.ts', 'buffers-bodies.ts', 'support/measured-server.ts'];

/**
 * Compiles the server of the measurements and returns its path. A server that compiled itself would
 * carry the compiler's memory, which would hide what its responses need.
 */
export function compiledServer(): string {
  const folder = join(__dirname, '..', 'dist', '.perf');
  for (const source of sources) {
    const { outputText } = ts.transpileModule(readFileSync(join(__dirname, source), 'utf8'), {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
      },
    });
    const path = join(folder, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, outputText);
  }
  return join(folder, 'buffers-server.js');
}
