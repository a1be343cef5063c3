/** Fields that belong to an HTTP/1.1 connection; HTTP/2 forbids them (RFC 9113 section 8.2.2). */
const names: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** True for header fields that must not be sent over HTTP/2, in whatever case they are written. */
export function isConnectionSpecific(name: string): boolean {
  // Node says what is wrong with a name that is no string.
  return typeof name === 'string' && names.has(name.toLowerCase());
}
