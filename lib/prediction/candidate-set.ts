/** Power of two, at least twice the largest capacity. */
const hashSlots = 256;

/** Targets under consideration, each with what every context says of it. */
export class CandidateSet {
  readonly capacity: number;
  readonly inputs: number;
  readonly ids: Int32Array;
  /** What input `i` says of candidate `c` (see `evidenceOf`), at `i * capacity + c`. */
  readonly evidence: Int32Array;
  /** When in a visit each is usually used: see `SuccessorTable.orderAt`. */
  readonly usualOrders: Float32Array;
  /** Log odds of each before, and its chance after calibration. */
  readonly scores: Float64Array;
  readonly chances: Float64Array;
  /** Places of the best, best first, and class of the rank of each. */
  readonly order: Int32Array;
  readonly classes: Uint8Array;

  /** Value of each aspect of the situation they are in. */
  readonly situation: Uint8Array;
  readonly #hashed = new Int32Array(hashSlots);
  readonly #places = new Uint8Array(hashSlots);
  #size = 0;
  #barred = 0;

  constructor(capacity: number, inputs: number, aspects: number) {
    this.capacity = capacity;
    this.inputs = inputs;
    this.ids = new Int32Array(capacity);
    this.evidence = new Int32Array(capacity * inputs);
    this.usualOrders = new Float32Array(capacity);
    this.scores = new Float64Array(capacity);
    this.chances = new Float64Array(capacity);
    this.order = new Int32Array(capacity);
    this.classes = new Uint8Array(capacity);
    this.situation = new Uint8Array(aspects);
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.capacity * (29 + 4 * this.inputs) + hashSlots * 5;
  }

  /** Empties the set; what inputs say is to be {@link presume presumed} or set anew. */
  clear(): void {
    this.#hashed.fill(0);
    this.#size = 0;
    this.#barred = 0;
  }

  /** Says what an input says of all of which it is not told more. */
  presume(input: number, state: number): void {
    this.evidence.fill(state, input * this.capacity, (input + 1) * this.capacity);
  }

  /** Keeps a target out, unless it is in already. */
  bar(id: number): void {
    this.#barred = id;
  }

  /** @returns The place of a candidate, or -1. */
  find(id: number): number {
    let slot = (Math.imul(id, 0x9e3779b1) >>> 16) & (hashSlots - 1);
    for (;;) {
      const other = this.#hashed[slot] ?? 0;
      if (other === id) return this.#places[slot] ?? 0;
      if (other === 0) return -1;
      slot = (slot + 1) & (hashSlots - 1);
    }
  }

  /** @returns The place of a candidate, which is new if need be; -1 if there is no room or it is barred. */
  add(id: number): number {
    let slot = (Math.imul(id, 0x9e3779b1) >>> 16) & (hashSlots - 1);
    for (;;) {
      const other = this.#hashed[slot] ?? 0;
      if (other === id) return this.#places[slot] ?? 0;
      if (other === 0) break;
      slot = (slot + 1) & (hashSlots - 1);
    }
    const place = this.#size;
    if (place === this.capacity || id === this.#barred) return -1;
    this.#size++;
    this.#hashed[slot] = id;
    this.#places[slot] = place;
    this.ids[place] = id;
    return place;
  }

  get(place: number, input: number): number {
    return this.evidence[input * this.capacity + place] ?? 0;
  }

  set(place: number, input: number, evidence: number): void {
    this.evidence[input * this.capacity + place] = evidence;
  }
}
