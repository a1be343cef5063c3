/** How much faster than the known rate bytes may leave, so that a path that carries more is found. */
const pacingGain = 1.5;

/** What may leave at once after a time in which nothing could: so many pieces, or so much time. */
const burstPieces = 2;
const burstMs = 8;

/**
 * Spreads bytes over time (pacing, as in BBR), so that neither a pause nor a late ACK ends in a burst.
 * What could not leave because the event loop was late may leave at once: the line has waited for it.
 */
export class Pacer {
  #creditBytes = Infinity;
  #earnedBytes = 0;
  #atMs = 0;

  /** What the path could have taken since the last time that anything was asked for. */
  get earnedBytes(): number {
    return this.#earnedBytes;
  }

  /**
   * How many bytes may leave now. To be asked often while bytes wait.
   *
   * @param bytesPerMs Rate of the path; 0 while it is not known, and nothing is held back.
   */
  room(nowMs: number, bytesPerMs: number, pieceBytes: number): number {
    const newBytes = (nowMs - this.#atMs) * pacingGain * bytesPerMs;
    if (nowMs > this.#atMs) this.#earnedBytes = newBytes;
    if (bytesPerMs === 0) this.#creditBytes = Infinity;
    else {
      const burstBytes = Math.max(burstPieces * pieceBytes, burstMs * bytesPerMs);
      const mostBytes = Math.max(burstBytes, this.#earnedBytes);
      this.#creditBytes = Math.min(mostBytes, this.#creditBytes + newBytes);
    }
    this.#atMs = nowMs;
    return this.#creditBytes;
  }

  /** Nothing waited until now, so nothing was missed. */
  resume(nowMs: number): void {
    this.#atMs = nowMs;
    this.#earnedBytes = 0;
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
