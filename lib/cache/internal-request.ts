import type { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { markInternal } from '../util/internal-request';
import { InternalSocket, type Addresses } from './internal-socket';
import type { StoredRequest } from './stored-response';

/** The server a request came to; it lets its listeners answer as it would any other request. */
export function serverOf(req: IncomingMessage): EventEmitter | undefined {
  return (req.socket as { readonly server?: EventEmitter } | undefined)?.server;
}

/** A request that no client sent, and its response, which nobody receives. */
export interface InternalExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/**
 * Makes a `GET` for what a stored response answered. It has the headers that are a part of the
 * key, so that no other header of whoever caused it can change what is stored for all.
 *
 * @param from The connection of who caused it: middleware that lets some in and counts others has
 * let this one in, and counts the request as his.
 */
export function internalExchange(
  { url, host, headers, isEncrypted }: StoredRequest,
  conditions: Readonly<Record<string, string>>,
  from: Addresses,
): InternalExchange {
  const socket = new InternalSocket(isEncrypted, from);
  const req = new IncomingMessage(socket as unknown as Socket);
  req.method = 'GET';
  req.url = url;
  req.httpVersion = '1.1';
  req.httpVersionMajor = 1;
  req.httpVersionMinor = 1;
  const fields = { host, ...headers, ...conditions };
  for (const [name, value] of Object.entries(fields)) {
    req.headers[name] = value;
    req.rawHeaders.push(name, value);
  }
  req.complete = true;
  req.push(null);
  markInternal(req);
  const res = new ServerResponse(req);
  res.assignSocket(socket as unknown as Socket);
  // Nobody listens at the other end; the response is over when the app has ended it.
  res.once('finish', () => socket.destroy());
  return { req, res };
}
