/** Clients that can be told apart in one round of a context's share. */
export const shareClients = 8;

/** Bytes of a row: its clock, and a bit for each client of the round that came again. */
export const clockByte = 8;
export const waitingByte = 9;

/**
 * Rows of a table of successors, each in one piece, so that a context is in few cache lines. Places in
 * a row, in 32-bit words from its start:
 *
 *     0       visits
 *     1       uses of any target
 *     2       clock, and which clients of the round came again, in a byte each
 *     seen    when each target was used last, by the clock, in bytes
 *     pairs   id and uses of each target in turn
 *     held    visits that prove nothing of each target       if the table is told of any
 *     orders  when in a visit each is used, in bytes           likewise
 *     clients those of the round, in half words
 *
 * Keys are apart: those of a set are in one cache line.
 */
export class SuccessorRows {
  readonly count: number;
  readonly words: number;
  readonly keys: Int32Array;
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  readonly halves: Uint16Array;
  readonly bytes: Uint8Array;
  readonly seen = 3;
  readonly pairs: number;
  readonly held: number;
  readonly orders: number;
  readonly clients: number;

  constructor(count: number, width: number, holds: boolean) {
    const widthInBytes = (width + 3) >> 2;
    this.count = count;
    this.pairs = this.seen + widthInBytes;
    this.held = this.pairs + 2 * width;
    this.orders = this.held + (holds ? width : 0);
    this.clients = this.orders + (holds ? widthInBytes : 0);
    this.words = this.clients + shareClients / 2;
    const buffer = new ArrayBuffer(4 * count * this.words);
    this.keys = new Int32Array(count);
    this.ints = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  get byteLength(): number {
    return this.keys.byteLength + this.ints.byteLength;
  }

  /** Copies a row with its key to other rows of the same layout. */
  copy(row: number, to: SuccessorRows, target: number): void {
    to.keys[target] = this.keys[row] ?? 0;
    const from = row * this.words;
    to.ints.set(this.ints.subarray(from, from + this.words), target * this.words);
  }

  /** Empties a row but for its key. */
  clear(row: number): void {
    this.ints.fill(0, row * this.words, (row + 1) * this.words);
  }

  /** Exchanges a target of a row's list and the next. */
  swap(row: number, place: number): void {
    const { ints, bytes } = this;
    const first = row * this.words;
    const pair = first + this.pairs + 2 * place;
    exchange(ints, pair, pair + 2);
    exchange(ints, pair + 1, pair + 3);
    const seen = 4 * (first + this.seen) + place;
    exchange(bytes, seen, seen + 1);
    if (this.held === this.orders) return;
    exchange(ints, first + this.held + place, first + this.held + place + 1);
    const order = 4 * (first + this.orders) + place;
    exchange(bytes, order, order + 1);
  }
}

function exchange(numbers: Int32Array | Uint8Array, one: number, other: number): void {
  const value = numbers[one] ?? 0;
  numbers[one] = numbers[other] ?? 0;
  numbers[other] = value;
}
