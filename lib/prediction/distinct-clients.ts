/** Stands for every list of hashes that is no longer needed. */
const nobody: readonly number[] = [];

/**
 * Counts distinct clients up to a limit: remembers the hashes until there are enough, then only
 * that there are enough. At most `enough - 1` hashes are held.
 */
export class DistinctClients {
  #hashes: readonly number[] = nobody;
  #count = 0;

  /** Distinct clients seen, never more than the `enough` of {@link add}. */
  get count(): number {
    return this.#count;
  }

  /** Those that are remembered. */
  get hashes(): readonly number[] {
    return this.#hashes;
  }

  add(hash: number, enough: number): void {
    if (this.#count >= enough || this.#hashes.includes(hash)) return;
    this.#count++;
    this.#hashes = this.#count < enough ? [...this.#hashes, hash] : nobody;
  }
}
