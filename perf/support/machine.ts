import { availableParallelism, cpus } from 'node:os';

/** What a number is worth nothing without: Node's version and the machine. */
export function describeMachine(): string {
  return `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown CPU'}`;
}
