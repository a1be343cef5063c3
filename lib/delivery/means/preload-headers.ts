import type { IncomingMessage, ServerResponse } from 'node:http';
import { reportFailure } from '../../util/diagnostics';
import { isNavigation } from '../judgement/request-signals';
import { http2StreamOf } from './http2-stream';

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/**
 * Sends the one 103 (RFC 8297) that browsers look at, if this client takes it: a navigation over
 * HTTP/2 that has not been answered.
 *
 * @param isSending `false`: only says whether it would be sent.
 * @returns Whether it was sent.
 */
export function sendEarlyHints(
  { req, res }: Exchange,
  links: readonly string[],
  isSending: boolean,
): boolean {
  const stream = http2StreamOf(res);
  if (stream === undefined || stream.headersSent || !isNavigation(req.headers)) return false;
  if (!isSending) return true;
  try {
    // Not `res.writeEarlyHints`, which refuses links with a comma.
    stream.additionalHeaders({ ':status': 103, link: [...links] });
    return true;
  } catch (error) {
    reportFailure('serverPush', error);
    return false;
  }
}

/**
 * True unless the page's own Content-Security-Policy lets it fetch nothing from its origin: browsers
 * complain of a prefetch that no directive allows (CSP 3, section 4.1.4).
 */
export function allowsPrefetch(res: ServerResponse): boolean {
  const policies = [res.getHeader('content-security-policy') ?? []].flat().join(',');
  return !/\bdefault-src\b/i.test(policies) || policies.includes("'self'");
}

/**
 * Adds links to a page that is about to leave, behind those the app set.
 *
 * @param isSending `false`: only says which would be added.
 * @returns What was added: what the app does not name itself.
 */
export function addLinks<T extends { readonly link: string }>(
  res: ServerResponse,
  candidates: readonly T[],
  isSending: boolean,
): T[] {
  const before = [res.getHeader('link') ?? []].flat().map(String);
  const added = candidates.filter(
    ({ link }) => !before.some((one) => one.includes(link.slice(0, link.indexOf('>') + 1))),
  );
  if (added.length > 0 && isSending) {
    res.setHeader('link', [...before, ...added.map(({ link }) => link)]);
  }
  return added;
}
