import { EventEmitter } from 'node:events';

type HostFunction = new (body: string) => () => NodeJS.Process;

/**
 * Jest gives tests a copy of `process`, which hears no warnings. Functions of Node's own modules
 * belong to the realm where the real one is.
 */
const HostFunction = EventEmitter.constructor as HostFunction;
const realProcess = new HostFunction('return process')();

/** Collects the warnings that Node emits until `stop()`. */
export function collectWarnings(): {
  readonly warnings: readonly NodeJS.ErrnoException[];
  stop(): void;
} {
  const warnings: NodeJS.ErrnoException[] = [];
  const collect = (warning: Error) => void warnings.push(warning);
  realProcess.on('warning', collect);
  return { warnings, stop: () => void realProcess.off('warning', collect) };
}
