import { randomBytes } from 'node:crypto';

/**
 * Hashes keys to 64 bits that nobody outside can predict: HalfSipHash-1-3 (Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF", 2012; its variant for 32-bit words), under a secret of this
 * process. Whoever chooses keys can neither aim at the place of another key nor look for two that
 * collide; that two given keys do is a chance of 2^-64.
 */
export class KeyHash {
  /** The halves of the last digest. */
  low = 0;
  high = 0;
  readonly #key0: number;
  readonly #key1: number;
  /** For keys beyond Latin-1, under another secret: no such key meets the Latin-1 key of its bytes. */
  #wide: KeyHash | undefined;

  /** @param secret 8 bytes. */
  constructor(secret: Uint8Array = randomBytes(8)) {
    const words = new DataView(secret.buffer, secret.byteOffset, 8);
    this.#key0 = words.getInt32(0, true);
    this.#key1 = words.getInt32(4, true);
  }

  /** Hashes the Latin-1 bytes of `key`, or its UTF-16 bytes under another secret where it has more. */
  digest(key: string): void {
    const key0 = this.#key0;
    const key1 = this.#key1;
    const { length } = key;
    const whole = length & ~3;
    let v0 = key0;
    let v1 = key1 ^ 0xee;
    let v2 = key0 ^ 0x6c796765;
    let v3 = key1 ^ 0x74656462;
    let seen = 0;
    // The round stands here twice: called, or in one loop with the last rounds, it takes half as
    // long again, because the state leaves the registers.
    for (let at = 0; at < whole; at += 4) {
      const a = key.charCodeAt(at);
      const b = key.charCodeAt(at + 1);
      const c = key.charCodeAt(at + 2);
      const d = key.charCodeAt(at + 3);
      seen |= a | b | c | d;
      const word = a | (b << 8) | (c << 16) | (d << 24);
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    const tail = tailOf(key, whole);
    if (seen > 0xff || tail < 0) {
      this.#digestWide(key);
      return;
    }
    const last = tail | (length << 24);
    v3 ^= last;
    for (let round = 0; round < 7; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (round === 0) {
        v0 ^= last;
        v2 ^= 0xee;
      } else if (round === 3) {
        this.low = v1 ^ v3;
        v1 ^= 0xdd;
      }
    }
    this.high = v1 ^ v3;
  }

  /** Rare enough that its bytes may be copied. */
  #digestWide(key: string): void {
    this.#wide ??= new KeyHash(new Uint8Array(Int32Array.of(~this.#key0, this.#key1).buffer));
    this.#wide.digest(Buffer.from(key, 'utf16le').toString('latin1'));
    this.low = this.#wide.low;
    this.high = this.#wide.high;
  }
}

/** The up to three characters behind the whole words; -1: one is beyond Latin-1. */
function tailOf(key: string, from: number): number {
  let tail = 0;
  for (let at = from, shift = 0; at < key.length; at++, shift += 8) {
    const code = key.charCodeAt(at);
    if (code > 0xff) return -1;
    tail |= code << shift;
  }
  return tail;
}
