import { headOf, SuccessorRows, ways } from './successor-rows';

/** Rows at first. */
const fewestRows = 64;

/** What is kept, when a set is full and its table may not grow, of the totals of its contexts. */
const wear = 0.97;

/**
 * Finds the rows of contexts by hashes: an 8-way set-associative table as in PAQ (Mahoney, "Adaptive
 * weighing of context models for lossless data compression", 2005). A new context takes the place of
 * the one with the fewest visits in its set when the table may not grow.
 */
export class ContextIndex {
  readonly #maxBytes: number;
  #rows: SuccessorRows;
  #used = 0;

  constructor(width: number, holds: boolean, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#rows = new SuccessorRows(fewestRows, width, holds);
  }

  /** Good until the next {@link insert} or {@link reserve}, as are their numbers. */
  get rows(): SuccessorRows {
    return this.#rows;
  }

  get size(): number {
    return this.#used;
  }

  /** @returns The row of a context, or -1. */
  find(key: number): number {
    const { keys, count } = this.#rows;
    const wanted = key || 1;
    const first = firstOf(wanted, count);
    const head = 2 * first;
    for (let way = 0; way < ways; way++) if (keys[head + way] === wanted) return first + way;
    return -1;
  }

  insert(key: number): number {
    const found = this.find(key);
    if (found !== -1) return found;
    const wanted = key || 1;
    while (this.#isCrowded(wanted) && this.#grow());
    const row = this.#vacate(wanted);
    this.#rows.keys[headOf(row)] = wanted;
    this.#used++;
    return row;
  }

  delete(key: number): void {
    const row = this.find(key);
    if (row === -1) return;
    this.#rows.keys[headOf(row)] = 0;
    this.#rows.clear(row);
    this.#used--;
  }

  /** Makes room, as far as there may be, for so many more contexts. */
  reserve(contexts: number): void {
    while ((this.#used + contexts) * 2 > this.#rows.count && this.#grow());
  }

  *keysInUse(): IterableIterator<[key: number, row: number]> {
    const { keys, count } = this.#rows;
    for (let row = 0; row < count; row++) {
      const key = keys[headOf(row)] ?? 0;
      if (key !== 0) yield [key, row];
    }
  }

  /** An empty row of a key's set; that of the context with the fewest visits if there is none. */
  #vacate(key: number): number {
    const { keys, totals, count } = this.#rows;
    const first = firstOf(key, count);
    const head = 2 * first;
    let victim = 0;
    for (let way = 0; way < ways; way++) {
      if (keys[head + way] === 0) return first + way;
      if ((totals[head + way] ?? 0) < (totals[head + victim] ?? 0)) victim = way;
    }
    // What fills sets with visits long past must give way at last.
    for (let at = head; at < head + ways; at++) totals[at] = (totals[at] ?? 0) * wear;
    this.#rows.clear(first + victim);
    this.#used--;
    return first + victim;
  }

  /** Whether a key's set has no empty row, and not because somebody aims at it. */
  #isCrowded(key: number): boolean {
    const { keys, count } = this.#rows;
    const head = 2 * firstOf(key, count);
    for (let at = head; at < head + ways; at++) if (keys[at] === 0) return false;
    return this.#used * 5 > count;
  }

  #grow(): boolean {
    const old = this.#rows;
    if (old.byteLength * 2 > this.#maxBytes) return false;
    this.#rows = new SuccessorRows(2 * old.count, old.width, old.holds);
    this.#used = 0;
    for (let row = 0; row < old.count; row++) {
      const key = old.keys[headOf(row)] ?? 0;
      if (key === 0) continue;
      old.copy(row, this.#rows, this.#vacate(key));
      this.#used++;
    }
    return true;
  }
}

/** First row of a key's set. */
function firstOf(key: number, rows: number): number {
  return (Math.imul(key, 0x9e3779b1) >>> 7) & (rows - ways);
}
