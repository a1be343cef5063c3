/** One HTTP/2 frame of the default size: a piece where nothing is known. */
export const frameBytes = 16_384;

/** Frames and packets have headers, which smaller pieces do not pay for. */
const leastPieceBytes = 4096;
const mostPieceBytes = 1_048_576;
const pieceMs = 8;

/**
 * What one response should send at a time: what the line takes about 8 ms for, up to a frame; or more,
 * where it takes a frame in less than a millisecond.
 *
 * @param bytesPerMs Rate of the path; 0 while it is not known.
 */
export function pieceBytesFor(bytesPerMs: number): number {
  const msBytes = Math.round(bytesPerMs);
  if (msBytes === 0) return frameBytes;
  if (msBytes > frameBytes) return Math.min(mostPieceBytes, msBytes);
  return Math.min(frameBytes, Math.max(leastPieceBytes, pieceMs * msBytes));
}
