import type { LimitedRequest, LimitedResponse } from './limited-request';
import type { RateLimiterOptions } from './limiter-options';
import { whenReady } from './when-ready';
import type { Eventual } from './when-ready';

type Message = (req: LimitedRequest, res: LimitedResponse) => Eventual<unknown>;

/** Answers a refused request with the status and the message of the options. */
export function refuse(
  req: LimitedRequest,
  res: LimitedResponse,
  { message, statusCode = 429 }: RateLimiterOptions,
): Eventual<void> {
  res.statusCode = statusCode;
  const body = typeof message === 'function' ? (message as Message)(req, res) : message;
  return whenReady(body, (ready) => {
    if (res.writableEnded) return;
    if (res.send === undefined) sendWithoutExpress(res, ready);
    else res.send(ready);
  });
}

function sendWithoutExpress(res: LimitedResponse, body: unknown): void {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain' : 'application/json';
  res.setHeader('Content-Type', `${type}; charset=utf-8`);
  res.end(isText ? body : JSON.stringify(body));
}
