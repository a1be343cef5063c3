/** First four bytes of a snapshot: "HSP" and the version of the format. */
const magic = 0x48535004;
const headBytes = 12;

type Section = Uint8Array | Int32Array | Float32Array;

/** FNV-1a over 32-bit words. */
function checksum(bytes: Buffer, from: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(hash ^ bytes.readInt32LE(at), 0x01000193);
  }
  return hash >>> 0;
}

/** Writes arrays one behind the other, each after its length in bytes and padded to four. */
export function writeSections(sections: readonly Section[]): Buffer {
  const padded = (length: number): number => (length + 3) & ~3;
  const size = sections.reduce((sum, { byteLength }) => sum + 4 + padded(byteLength), headBytes);
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt32LE(size, 4);
  let at = headBytes;
  for (const { buffer, byteOffset, byteLength } of sections) {
    bytes.writeUInt32LE(byteLength, at);
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at + 4);
    at += 4 + padded(byteLength);
  }
  bytes.writeUInt32LE(checksum(bytes, headBytes), 8);
  return bytes;
}

/**
 * Reads what {@link writeSections} wrote; every section at an address of its own.
 *
 * @throws TypeError if it is of another version, cut short or damaged.
 */
export function readSections(snapshot: Uint8Array): Buffer[] {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  if (bytes.length < headBytes || bytes.readUInt32BE(0) !== magic) {
    throw new TypeError('not a snapshot of a predictor of this version');
  }
  if (
    bytes.readUInt32LE(4) !== bytes.length ||
    bytes.readUInt32LE(8) !== checksum(bytes, headBytes)
  ) {
    throw new TypeError('the snapshot is damaged');
  }
  const sections: Buffer[] = [];
  for (let at = headBytes; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    const copy = Buffer.alloc(length);
    bytes.copy(copy, 0, at + 4, at + 4 + length);
    sections.push(copy);
    at += 4 + ((length + 3) & ~3);
  }
  return sections;
}

/** The 32-bit numbers of a section. */
export function intsOf(section: Buffer | undefined): Int32Array {
  if (section === undefined) return new Int32Array(0);
  return new Int32Array(new Uint8Array(section).buffer);
}

export function floatsOf(section: Buffer | undefined): Float32Array {
  return new Float32Array(intsOf(section).buffer);
}
