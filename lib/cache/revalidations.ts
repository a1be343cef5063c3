import type { IncomingMessage } from 'node:http';
import { reportFailure } from '../util/diagnostics';
import type { CacheRuntime } from './cache-runtime';
import { Flight } from './flight';
import { internalExchange, serverOf } from './internal-request';
import type { StoredResponse } from './stored-response';

/** What a request of our own is for. */
export interface Assignment {
  readonly stored: StoredResponse;
  readonly flight: Flight;
}

/** Asks the app whether stored responses are still good: one request at a time for each. */
export class Revalidations {
  readonly #assignments = new WeakMap<IncomingMessage, Assignment>();
  readonly #flights = new Map<StoredResponse, Flight>();
  readonly #runtime: CacheRuntime;
  readonly #limitMs: number;

  constructor(runtime: CacheRuntime, limitMs: number) {
    this.#runtime = runtime;
    this.#limitMs = limitMs;
  }

  /** What one of our own requests is for, when it comes by. */
  assignmentOf(req: IncomingMessage): Assignment | undefined {
    return this.#flights.size === 0 ? undefined : this.#assignments.get(req);
  }

  isRunning(stored: StoredResponse): boolean {
    return this.#flights.has(stored);
  }

  /**
   * Asks the app, through the server that `cause` came to.
   *
   * @returns The request that is under way; `undefined` when there is no server to ask.
   */
  start(stored: StoredResponse, cause: IncomingMessage): Flight | undefined {
    const running = this.#flights.get(stored);
    if (running !== undefined) return running;
    const server = serverOf(cause);
    if (server === undefined) return undefined;
    const { req, res } = internalExchange(stored.request, conditionsOf(stored), cause.socket);
    const cancel = this.#runtime.setTimer(() => res.destroy(), this.#limitMs);
    // It may be evicted meanwhile.
    const body = stored.body.retain();
    const flight = new Flight(() => {
      cancel();
      this.#flights.delete(stored);
      body.release();
      // Nobody wants the rest of what the app may be streaming.
      setImmediate(() => {
        if (!res.writableEnded) res.destroy();
      });
    });
    this.#flights.set(stored, flight);
    this.#assignments.set(req, { stored, flight });
    // Middleware before the cache may answer by itself, and an app may break off.
    res.once('close', () => flight.settle('failed'));
    try {
      server.emit('request', req, res);
    } catch (error) {
      reportFailure('responseCache', error);
      flight.settle('failed');
    }
    return flight;
  }
}

/** RFC 9111 section 4.3.1. */
function conditionsOf({ etag, lastModified }: StoredResponse): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
  };
}
