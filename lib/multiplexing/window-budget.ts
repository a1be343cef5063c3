/** Bytes that many receive windows share. */
export class WindowBudget {
  readonly #totalBytes: number;
  #lentBytes = 0;

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  get lentBytes(): number {
    return this.#lentBytes;
  }

  /** Lends up to `wantedBytes`, less when little is left. */
  borrow(wantedBytes: number): number {
    const bytes = Math.max(0, Math.min(wantedBytes, this.#totalBytes - this.#lentBytes));
    this.#lentBytes += bytes;
    return bytes;
  }

  giveBack(bytes: number): void {
    this.#lentBytes -= bytes;
  }
}
