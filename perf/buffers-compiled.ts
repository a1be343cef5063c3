import { compile } from './support/compile';

/** Compiles the server of the measurements and returns its path. */
export function compiledServer(): string {
  return compile(['buffers-server.ts', 'buffers-bodies.ts', 'support/measured-server.ts']);
}
