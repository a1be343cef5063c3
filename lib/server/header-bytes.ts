/** What a field costs beside its name and value (RFC 9113 section 10.5.1). */
const fieldOverheadBytes = 32;

/** The size of a header section. @param fields Names and values in turn. */
export function headerBytes(fields: readonly string[]): number {
  let bytes = (fields.length / 2) * fieldOverheadBytes;
  for (const field of fields) bytes += field.length;
  return bytes;
}
