/** Clients that can be told apart in one round of a context's share. */
export const shareClients = 8;

/** Contexts that share a place of the table; a power of two. */
export const ways = 8;

/** Bytes of a row: its clock, and a bit for each client of the round that came again. */
export const clockByte = 4;
export const waitingByte = 5;

/** Places in a visit are kept in quarters. */
export const quarters = 4;

/**
 * Rows of a table of successors, and their heads. Heads of a set lie together, eight keys and then
 * the eight totals of visits: to find a context, to weigh it against the others of its set, and to
 * say that it does not know a target takes one cache line. What else there is of a row is in one
 * piece, too; places in it, in 32-bit words from its start:
 *
 *     0       uses of any target
 *     1       clock, and which clients of the round came again, in a byte each
 *     seen    when each target was used last, by the clock, in bytes
 *     pairs   id and uses of each target in turn
 *     held    visits that prove nothing of each target       if the table is told of any
 *     orders  when in a visit each is used, in bytes           likewise
 *     clients those of the round, in half words
 */
export class SuccessorRows {
  readonly count: number;
  /** Targets of each row. */
  readonly width: number;
  readonly holds: boolean;
  /** Words of a row. */
  readonly words: number;
  /** Key of row `r` at {@link headOf}`(r)`, 0 for none. */
  readonly keys: Int32Array;
  /** Visits of row `r` at {@link headOf}`(r)`. */
  readonly totals: Float32Array;
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  readonly halves: Uint16Array;
  readonly bytes: Uint8Array;
  readonly seen = 2;
  readonly pairs: number;
  readonly held: number;
  readonly orders: number;
  readonly clients: number;

  constructor(count: number, width: number, holds: boolean) {
    const widthInBytes = (width + 3) >> 2;
    this.count = count;
    this.width = width;
    this.holds = holds;
    this.pairs = this.seen + widthInBytes;
    this.held = this.pairs + 2 * width;
    this.orders = this.held + (holds ? width : 0);
    this.clients = this.orders + (holds ? widthInBytes : 0);
    this.words = this.clients + shareClients / 2;
    const heads = new ArrayBuffer(8 * count);
    this.keys = new Int32Array(heads);
    this.totals = new Float32Array(heads, 4 * ways);
    const buffer = new ArrayBuffer(4 * count * this.words);
    this.ints = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  get byteLength(): number {
    return this.keys.byteLength + this.ints.byteLength;
  }

  totalOf(row: number): number {
    return this.totals[headOf(row)] ?? 0;
  }

  /** Visits of a context that used anything, if each uses one target. */
  usesOf(row: number): number {
    return this.floats[row * this.words] ?? 0;
  }

  /** Id of the target at a place of a row's list, 0 from the end on. */
  idAt(row: number, place: number): number {
    return this.ints[row * this.words + this.pairs + 2 * place] ?? 0;
  }

  countAt(row: number, place: number): number {
    return this.floats[row * this.words + this.pairs + 2 * place + 1] ?? 0;
  }

  /** Where in a row's list a target is, or -1. */
  placeOf(row: number, id: number): number {
    const { ints, width } = this;
    const first = row * this.words + this.pairs;
    for (let place = 0; place < width; place++) {
      const other = ints[first + 2 * place];
      if (other === id) return place;
      if (other === 0) return -1;
    }
    return -1;
  }

  /** How many others a visit usually used before the target at a place of a row's list. */
  orderAt(row: number, place: number): number {
    return this.holds
      ? (this.bytes[4 * (row * this.words + this.orders) + place] ?? 0) / quarters
      : 0;
  }

  /** Visits of a row's total that prove nothing of the target at a place. */
  heldAt(row: number, place: number): number {
    return this.holds ? (this.floats[row * this.words + this.held + place] ?? 0) : 0;
  }

  /** Visits of a context that prove something of each of its targets. */
  provenOf(row: number): number {
    let most = 0;
    for (let place = 0; place < this.width; place++) most = Math.max(most, this.heldAt(row, place));
    return this.totalOf(row) - most;
  }

  /** Copies a row with its head to other rows of the same layout. */
  copy(row: number, to: SuccessorRows, target: number): void {
    to.keys[headOf(target)] = this.keys[headOf(row)] ?? 0;
    to.totals[headOf(target)] = this.totals[headOf(row)] ?? 0;
    const from = row * this.words;
    to.ints.set(this.ints.subarray(from, from + this.words), target * this.words);
  }

  /** Empties a row but for its key. */
  clear(row: number): void {
    this.totals[headOf(row)] = 0;
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
    if (!this.holds) return;
    exchange(ints, first + this.held + place, first + this.held + place + 1);
    const order = 4 * (first + this.orders) + place;
    exchange(bytes, order, order + 1);
  }
}

/** Where the key and the total of a row are. */
export function headOf(row: number): number {
  return 2 * (row & -ways) + (row & (ways - 1));
}

function exchange(numbers: Int32Array | Uint8Array, one: number, other: number): void {
  const value = numbers[one] ?? 0;
  numbers[one] = numbers[other] ?? 0;
  numbers[other] = value;
}
