import type { ServerResponse } from 'node:http';

/** What says already who may keep a response (RFC 9111, section 5.2.2). */
const saysWhose = /(?:^|[\s,])(?:private|public|no-store|s-maxage)\b/i;

/**
 * Keeps a response that depends on who asks out of shared caches. For `Authorization` RFC 9111,
 * section 3.5, does so; of cookies and other headers caches do not know that they name a user. A
 * handler that sets `Cache-Control` afterwards decides for itself.
 */
export function markPrivate(res: ServerResponse): void {
  if (res.headersSent) return;
  const control = res.getHeader('Cache-Control');
  if (control === undefined) res.setHeader('Cache-Control', 'private');
  else if (!saysWhose.test(String(control))) {
    res.setHeader('Cache-Control', `${String(control)}, private`);
  }
}
