/** How much faster than the known rate bytes may leave, so that a path that carries more is found. */
const pacingGain = 1.5;

/** What may leave at once after a time in which nothing could: so many pieces, or so much time. */
const burstPieces = 2;
const burstMs = 8;

/** Spreads bytes over time (pacing, as in BBR), so that neither a pause nor a late ACK ends in a burst. */
export class Pacer {
  #creditBytes = Infinity;
  #atMs = 0;

  /**
   * How many bytes may leave now.
   *
   * @param bytesPerMs Rate of the path; 0 while it is not known, and nothing is held back.
   */
  room(nowMs: number, bytesPerMs: number, pieceBytes: number): number {
    if (bytesPerMs === 0) this.#creditBytes = Infinity;
    else {
      const mostBytes = Math.max(burstPieces * pieceBytes, burstMs * bytesPerMs);
      const earnedBytes = (nowMs - this.#atMs) * pacingGain * bytesPerMs;
      this.#creditBytes = Math.min(mostBytes, this.#creditBytes + earnedBytes);
    }
    this.#atMs = nowMs;
    return this.#creditBytes;
  }

  spend(bytes: number): void {
    this.#creditBytes -= bytes;
  }

  /** Milliseconds until a piece may leave; `Infinity` when it is not the pacer that it waits for. */
  waitMs(bytesPerMs: number, pieceBytes: number): number {
    const missingBytes = pieceBytes - this.#creditBytes;
    return missingBytes > 0 ? missingBytes / (pacingGain * bytesPerMs) : Infinity;
  }
}
