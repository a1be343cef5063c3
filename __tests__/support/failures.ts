import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Failure } from '../../lib/util/diagnostics';

/** Collects the failures that are published until `stop()`, which gives them. */
export function collectFailures(): { readonly failures: Failure[]; stop(): Failure[] } {
  const failures: Failure[] = [];
  const listener = (message: unknown) => void failures.push(message as Failure);
  subscribe('headstart:failure', listener);
  return {
    failures,
    stop() {
      unsubscribe('headstart:failure', listener);
      return failures;
    },
  };
}
