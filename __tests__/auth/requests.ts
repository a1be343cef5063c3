import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** A request with these headers, not read from a connection. */
export function requestWith(headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const req = new IncomingMessage(new Socket());
  Object.assign(req.headers, headers);
  req.rawHeaders = Object.entries(headers).flat();
  return req;
}

export function bearer(token: string): IncomingMessage {
  return requestWith({ authorization: `Bearer ${token}` });
}

/** A response that nobody reads. */
export function responseTo(req: IncomingMessage): ServerResponse {
  return new ServerResponse(req);
}
