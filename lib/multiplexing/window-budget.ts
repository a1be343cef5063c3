/** Whoever has bytes of the budget; it is called when it should ask again, because others came. */
type Reconsider = () => void;

/**
 * Bytes that many receive windows share: whoever asks first gets what it wants, until the budget is
 * short; then nobody keeps more than an equal share. Where memory itself is short nobody keeps any.
 */
export class WindowBudget {
  readonly #totalBytes: number;
  readonly #isMemoryShort: () => boolean;
  readonly #held = new Map<Reconsider, number>();
  #lentBytes = 0;
  #isShort = false;

  /** @param isMemoryShort Whether the process should not let more bytes come than it must. */
  constructor(totalBytes: number, isMemoryShort: () => boolean = () => false) {
    this.#totalBytes = totalBytes;
    this.#isMemoryShort = isMemoryShort;
  }

  get lentBytes(): number {
    return this.#lentBytes;
  }

  /**
   * Says what a borrower wants to have from now on; 0 when it leaves.
   *
   * @returns What it has: no more than that, less when little is left.
   */
  resize(borrower: Reconsider, wantedBytes: number): number {
    if (wantedBytes === 0) {
      this.#set(borrower, 0);
      this.#held.delete(borrower);
      this.#isShort &&= this.#held.size > 1;
      return 0;
    }
    const isNew = !this.#held.has(borrower);
    const bytes = this.#set(borrower, wantedBytes);
    if (bytes === wantedBytes || this.#held.size === 1) return bytes;
    // Shares shrink only when there are more of them, so only then the others have to be asked.
    if (this.#isShort && !isNew) return bytes;
    this.#isShort = true;
    for (const other of this.#held.keys()) if (other !== borrower) other();
    return this.#set(borrower, wantedBytes);
  }

  #set(borrower: Reconsider, wantedBytes: number): number {
    const before = this.#held.get(borrower) ?? 0;
    this.#lentBytes -= before;
    this.#held.set(borrower, 0);
    const mostBytes = Math.min(this.#mostBytes(), this.#totalBytes - this.#lentBytes);
    const bytes = Math.min(wantedBytes, mostBytes);
    this.#held.set(borrower, bytes);
    this.#lentBytes += bytes;
    return bytes;
  }

  #mostBytes(): number {
    if (this.#isMemoryShort()) return 0;
    return this.#isShort ? Math.floor(this.#totalBytes / this.#held.size) : this.#totalBytes;
  }
}
