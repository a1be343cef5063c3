import type { IncomingMessage, ServerResponse } from 'node:http';
import { overHttp2 } from '../../lib/server/over-http2';
import type { DualListener } from '../../lib/server/over-http2';
import type { Middleware } from '../../lib/util/middleware';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** 13 kB of text. */
export const page = `<!doctype html><ul>${'<li>Tea from Assam, 12.50</li>\n'.repeat(450)}</ul>`;

/** A listener that runs middleware, then a handler. */
export function listener(first: Middleware | readonly Middleware[], handle: Handler): DualListener {
  const all = [first].flat();
  return overHttp2((req: IncomingMessage, res: ServerResponse) => {
    const step = (at: number): void => {
      const one = all[at];
      if (one === undefined) handle(req, res);
      else one(req, res, () => step(at + 1));
    };
    step(0);
  });
}

export function html(res: ServerResponse): ServerResponse {
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  return res;
}
