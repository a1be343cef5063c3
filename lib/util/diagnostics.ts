import { channel } from 'node:diagnostics_channel';

/** What is published on `headstart:failure` when an optimisation failed and the plain path answered. */
export interface Failure {
  /** The part that failed, named by its middleware: `'serverPush'`, `'zeroCopy'`, … */
  readonly part: string;
  readonly error: unknown;
}

const failures = channel('headstart:failure');

/** Tells whoever listens that an optimisation failed. Never throws, prints nothing. */
export function reportFailure(part: string, error: unknown): void {
  if (failures.hasSubscribers) failures.publish({ part, error } satisfies Failure);
}
