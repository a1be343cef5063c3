import { KeyHash } from '../../lib/limits/key-hash';

const secret = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);

/** HalfSipHash-c-d with 64 bits of output, written as its reference is. */
function reference(bytes: Uint8Array, key: Uint8Array, c: number, d: number): [number, number] {
  const view = new DataView(key.buffer);
  const [k0, k1] = [view.getInt32(0, true), view.getInt32(4, true)];
  let [v0, v1, v2, v3] = [k0, k1 ^ 0xee, k0 ^ 0x6c796765, k1 ^ 0x74656462];
  const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by));
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) | 0;
      v1 = rotate(v1, 5) ^ v0;
      v0 = rotate(v0, 16);
      v2 = (v2 + v3) | 0;
      v3 = rotate(v3, 8) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = rotate(v3, 7) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = rotate(v1, 13) ^ v2;
      v2 = rotate(v2, 16);
    }
  };
  const padded = new Uint8Array((bytes.length & ~3) + 4);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length;
  const words = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 4) {
    const word = words.getInt32(at, true);
    v3 ^= word;
    rounds(c);
    v0 ^= word;
  }
  v2 ^= 0xee;
  rounds(d);
  const low = v1 ^ v3;
  v1 ^= 0xdd;
  rounds(d);
  return [low, v1 ^ v3];
}

function digest(hash: KeyHash, key: string): [number, number] {
  hash.digest(key);
  return [hash.low, hash.high];
}

describe('KeyHash', () => {
  it('is HalfSipHash-1-3, whose reference gives the published vectors of 2-4', () => {
    const published = Buffer.from('218d1f59b9b83cc8', 'hex');
    expect(reference(Uint8Array.of(), secret, 2, 4)).toEqual([
      published.readInt32LE(0),
      published.readInt32LE(4),
    ]);
    const next = Buffer.from('be552412f8387315', 'hex');
    expect(reference(Uint8Array.of(0), secret, 2, 4)).toEqual([
      next.readInt32LE(0),
      next.readInt32LE(4),
    ]);
    const hash = new KeyHash(secret);
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) & 0xff);
      const key = Buffer.from(bytes).toString('latin1');
      expect(digest(hash, key)).toEqual(reference(bytes, secret, 1, 3));
    }
  });

  it('tells keys beyond Latin-1 from each other and from the bytes they are made of', () => {
    const hash = new KeyHash(secret);
    const keys = [
      '日本',
      '日本語',
      '日',
      'a日',
      'å日',
      Buffer.from('日本', 'utf16le').toString('latin1'),
    ];
    const digests = keys.map((key) => digest(hash, key).join());
    expect(new Set(digests).size).toBe(keys.length);
    expect(digest(hash, '日本').join()).toBe(digests[0]);
  });

  it('has a secret of its own in each instance', () => {
    expect(digest(new KeyHash(), '192.0.2.1')).not.toEqual(digest(new KeyHash(), '192.0.2.1'));
  });

  it('gives a million keys a million hashes', () => {
    const hash = new KeyHash();
    const seen = new Set<number>();
    for (let i = 0; i < 1_000_000; i++) {
      hash.digest(`user-${i}`);
      // 53 of the 64 bits, which is what a number holds.
      seen.add((hash.low >>> 0) * 2 ** 21 + (hash.high >>> 11));
    }
    expect(seen.size).toBe(1_000_000);
  });
});
