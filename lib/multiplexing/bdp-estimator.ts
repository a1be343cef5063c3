/** Smaller changes are noise, as in BBR's check for a full pipe (draft-ietf-ccwg-bbr). */
const noticeableGrowth = 1.25;

/**
 * Estimates the bandwidth-delay product of a path from what arrives between a PING and its ACK.
 *
 * The samples are those of grpc-go (`internal/transport/bdp_estimator.go`), the estimate is BBR's:
 * the highest rate seen times the shortest round trip. grpc-go compares a sample with two thirds of
 * the window and doubles it; against Node that stands still, because nghttp2 returns credit by half
 * windows, so that a round trip may bring no more than half of one.
 */
export class BdpEstimator {
  #minRttMs = Infinity;
  #maxBytesPerMs = 0;
  #bdpBytes = 0;

  /** The product in bytes; 0 before the first sample. Grows in steps of a quarter at least. */
  get bdpBytes(): number {
    return this.#bdpBytes;
  }

  /** Shortest round-trip time in milliseconds; `Infinity` before the first sample. */
  get rttMs(): number {
    return this.#minRttMs;
  }

  /** Highest rate of arrival, in bytes per second. */
  get bytesPerSecond(): number {
    return this.#maxBytesPerMs * 1000;
  }

  /**
   * Takes what arrived between a PING and its ACK.
   *
   * @returns True when the estimate grew.
   */
  add(receivedBytes: number, rttMs: number): boolean {
    if (rttMs <= 0) return false;
    this.#minRttMs = Math.min(this.#minRttMs, rttMs);
    this.#maxBytesPerMs = Math.max(this.#maxBytesPerMs, receivedBytes / rttMs);
    const productBytes = Math.round(this.#maxBytesPerMs * this.#minRttMs);
    if (productBytes < noticeableGrowth * this.#bdpBytes || productBytes === 0) return false;
    this.#bdpBytes = productBytes;
    return true;
  }
}
