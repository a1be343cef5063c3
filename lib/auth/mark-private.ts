import type { ServerResponse } from 'node:http';
import { ResponseTap } from '../response/response-tap';

/** What says already who may keep a response (RFC 9111, section 5.2.2). */
const saysWhose = /(?:^|[\s,])(?:private|public|no-store|s-maxage)\b/i;

/**
 * Keeps a response that depends on who asks out of shared caches: unless the app says whose it is,
 * it leaves as `private`. For `Authorization` RFC 9111, section 3.5, does as much; of cookies and
 * other headers caches do not know that they name a user.
 */
export function markPrivate(res: ServerResponse): void {
  ResponseTap.of(res).onHeaders(addPrivate);
}

function addPrivate(res: ServerResponse): void {
  const control = res.getHeader('Cache-Control');
  if (control === undefined) res.setHeader('Cache-Control', 'private');
  else if (!saysWhose.test(String(control))) {
    res.setHeader('Cache-Control', `${String(control)}, private`);
  }
}
