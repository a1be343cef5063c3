/**
 * 32-bit FNV-1a of a client key, over its UTF-16 code units (Fowler, Noll, Vo).
 * Two clients with one hash count as one client, which errs on the side of offering less.
 */
export function clientHash(client: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < client.length; i++) {
    hash = Math.imul(hash ^ client.charCodeAt(i), 0x01000193);
  }
  return hash | 0;
}
