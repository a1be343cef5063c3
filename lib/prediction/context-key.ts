/** Joins two 32-bit hashes to one, by the finaliser of MurmurHash3 (Appleby). Not commutative. */
export function contextKey(a: number, b: number): number {
  let hash = Math.imul(a, 0x85ebca6b) ^ Math.imul(b ^ (b >>> 15), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}
