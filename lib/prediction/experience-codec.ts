/** Values are kept as whole 256ths. */
const scale = 256;
const bytesPerEntry = 5;

/**
 * Writes what mixers learned: for each pair of arrays (values, and the lessons behind each) the
 * number of entries that had lessons, then 16 bits of place, of value and 8 of lessons for each.
 */
export function encodeExperience(arrays: readonly Float32Array[]): Buffer {
  const parts: Buffer[] = [];
  for (let pair = 0; pair < arrays.length; pair += 2) {
    const values = arrays[pair] ?? new Float32Array(0);
    const lessons = arrays[pair + 1] ?? new Float32Array(0);
    const taught = [...values.keys()].filter((at) => (lessons[at] ?? 0) >= 1);
    const part = Buffer.alloc(2 + taught.length * bytesPerEntry);
    part.writeUInt16LE(taught.length, 0);
    taught.forEach((at, index) => {
      const offset = 2 + index * bytesPerEntry;
      const value = Math.round((values[at] ?? 0) * scale);
      part.writeUInt16LE(at, offset);
      part.writeInt16LE(Math.min(32767, Math.max(-32768, value)), offset + 2);
      part.writeUInt8(Math.min(255, Math.round(lessons[at] ?? 0)), offset + 4);
    });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** What {@link encodeExperience} wrote, entry by entry, with the number of the pair of arrays. */
export function* decodeExperience(
  bytes: Buffer,
): IterableIterator<{ pair: number; at: number; value: number; lessons: number }> {
  let offset = 0;
  for (let pair = 0; offset + 2 <= bytes.length; pair++) {
    const count = bytes.readUInt16LE(offset);
    offset += 2;
    for (let index = 0; index < count; index++, offset += bytesPerEntry) {
      yield {
        pair,
        at: bytes.readUInt16LE(offset),
        value: bytes.readInt16LE(offset + 2) / scale,
        lessons: bytes.readUInt8(offset + 4),
      };
    }
  }
}

/**
 * Adds written experience to arrays of the same shape: values are averaged, each weighed by its
 * lessons; what had none is replaced.
 */
export function addExperience(bytes: Buffer, arrays: readonly Float32Array[]): void {
  for (const { pair, at, value, lessons } of decodeExperience(bytes)) {
    const values = arrays[pair * 2];
    const taught = arrays[pair * 2 + 1];
    if (values === undefined || taught === undefined || at >= values.length) continue;
    const own = taught[at] ?? 0;
    values[at] = ((values[at] ?? 0) * own + value * lessons) / (own + lessons);
    taught[at] = own + lessons;
  }
}
