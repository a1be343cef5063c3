import type { IncomingMessage, ServerResponse } from 'node:http';
import { BoundedMap } from '../../util/bounded-map';
import { http2StreamOf } from '../means/http2-stream';

/** Beyond this a client may be given something again, which costs bytes and breaks nothing. */
const maxPerConnection = 64;

interface Given {
  readonly client: string;
  readonly target: string;
}

/**
 * What each connection already got, by hint, push or plain request, and so is not given again.
 * Forgotten with the connection; at most 64 entries each.
 */
export class GivenResources {
  readonly #byConnection = new WeakMap<object, BoundedMap<Given>>();

  /** @param client Tells clients apart that share a connection, as they do behind a proxy. */
  has(connection: object, client: string, target: string): boolean {
    return this.#byConnection.get(connection)?.peek(`${client} ${target}`) !== undefined;
  }

  add(connection: object, client: string, target: string): void {
    let given = this.#byConnection.get(connection);
    if (given === undefined) {
      given = new BoundedMap(maxPerConnection);
      this.#byConnection.set(connection, given);
    }
    given.use(`${client} ${target}`, () => ({ client, target }));
  }

  /** Everything one client got on this connection. */
  listOf(connection: object, client: string): string[] {
    const targets: string[] = [];
    for (const given of this.#byConnection.get(connection)?.values() ?? []) {
      if (given.client === client) targets.push(given.target);
    }
    return targets;
  }
}

/** The HTTP/2 session of a request, or its socket over HTTP/1.1. */
export function connectionOf(req: IncomingMessage, res: ServerResponse): object {
  return http2StreamOf(res)?.session ?? req.socket;
}
