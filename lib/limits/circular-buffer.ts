/**
 * Rings of whole numbers below 2^32, side by side in one typed array; each keeps its numbers in the order in
 * which they came. Nothing is allocated after the constructor.
 */
export class CircularBuffer {
  readonly capacity: number;
  readonly #numbers: Uint32Array;
  readonly #heads: Uint16Array;
  readonly #counts: Uint16Array;

  /** @param capacity Numbers in each ring, at most 65535. */
  constructor(rings: number, capacity: number) {
    this.capacity = capacity;
    this.#numbers = new Uint32Array(rings * capacity);
    this.#heads = new Uint16Array(rings);
    this.#counts = new Uint16Array(rings);
  }

  get rings(): number {
    return this.#heads.length;
  }

  get bytes(): number {
    return this.#numbers.byteLength + this.#heads.byteLength + this.#counts.byteLength;
  }

  count(ring: number): number {
    return this.#counts[ring] ?? 0;
  }

  /** The number `index` places after the oldest. */
  at(ring: number, index: number): number {
    return this.#numbers[this.#place(ring, index)] ?? 0;
  }

  /** Adds a number. The ring must not be full. */
  push(ring: number, value: number): void {
    const count = this.count(ring);
    this.#numbers[this.#place(ring, count)] = value;
    this.#counts[ring] = count + 1;
  }

  /** Takes the oldest number away. The ring must not be empty. */
  shift(ring: number): void {
    const head = (this.#heads[ring] ?? 0) + 1;
    this.#heads[ring] = head === this.capacity ? 0 : head;
    this.#counts[ring] = this.count(ring) - 1;
  }

  /** Takes the youngest number away that equals `value`. @returns Whether there was one. */
  remove(ring: number, value: number): boolean {
    const last = this.count(ring) - 1;
    let index = last;
    while (index >= 0 && this.at(ring, index) !== value) index -= 1;
    if (index < 0) return false;
    for (; index < last; index++) {
      this.#numbers[this.#place(ring, index)] = this.at(ring, index + 1);
    }
    this.#counts[ring] = last;
    return true;
  }

  clear(ring: number): void {
    this.#counts[ring] = 0;
  }

  #place(ring: number, index: number): number {
    const place = (this.#heads[ring] ?? 0) + index;
    return ring * this.capacity + (place < this.capacity ? place : place - this.capacity);
  }
}
