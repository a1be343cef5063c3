import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const perf = join(__dirname, '..');
const output = join(perf, '..', 'dist', '.perf');

/**
 * Compiles files of `perf/` and returns the path of the first. A server that compiled itself would
 * carry the compiler's memory, and would take its time from others that are measured meanwhile.
 */
export function compile(sources: readonly [string, ...string[]]): string {
  for (const source of sources) {
    const { outputText } = ts.transpileModule(readFileSync(join(perf, source), 'utf8'), {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
      },
    });
    const path = compiledPath(source);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, outputText);
  }
  return compiledPath(sources[0]);
}

function compiledPath(source: string): string {
  return join(output, source.replace(/\.ts$/, '.js'));
}
