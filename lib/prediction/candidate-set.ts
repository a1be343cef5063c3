/** Power of two, at least twice the largest capacity. */
const hashSlots = 256;

/** Targets under consideration, each with what every context says of it. */
export class CandidateSet {
  readonly capacity: number;
  readonly inputs: number;
  readonly ids: Int32Array;
  /** State of candidate `c` in context `i`, at `c * inputs + i`. */
  readonly states: Uint16Array;
  /** Correction of the state's log odds, likewise. */
  readonly offsets: Float32Array;
  /** When in a visit each is usually used: see `SuccessorTable.orderAt`. */
  readonly usualOrders: Float32Array;
  /** Log odds of each before, and its chance after calibration. */
  readonly scores: Float64Array;
  readonly chances: Float64Array;
  /** Places of the best, best first, and class of the rank of each. */
  readonly order: Int32Array;
  readonly classes: Uint8Array;
  /** What a new candidate starts from. */
  readonly baseStates: Uint16Array;

  /** Value of each aspect of the situation they are in. */
  readonly situation: Uint8Array;
  readonly #hashed = new Int32Array(hashSlots);
  readonly #places = new Uint8Array(hashSlots);
  #size = 0;

  constructor(capacity: number, inputs: number, aspects: number) {
    this.capacity = capacity;
    this.inputs = inputs;
    this.ids = new Int32Array(capacity);
    this.states = new Uint16Array(capacity * inputs);
    this.offsets = new Float32Array(capacity * inputs);
    this.usualOrders = new Float32Array(capacity);
    this.scores = new Float64Array(capacity);
    this.chances = new Float64Array(capacity);
    this.order = new Int32Array(capacity);
    this.classes = new Uint8Array(capacity);
    this.baseStates = new Uint16Array(inputs);
    this.situation = new Uint8Array(aspects);
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.capacity * (29 + 6 * this.inputs) + hashSlots * 5;
  }

  clear(): void {
    this.#hashed.fill(0);
    this.#size = 0;
    this.baseStates.fill(0);
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

  /** @returns The place of a candidate, which is new if need be; -1 if there is no room. */
  add(id: number): number {
    let slot = (Math.imul(id, 0x9e3779b1) >>> 16) & (hashSlots - 1);
    for (;;) {
      const other = this.#hashed[slot] ?? 0;
      if (other === id) return this.#places[slot] ?? 0;
      if (other === 0) break;
      slot = (slot + 1) & (hashSlots - 1);
    }
    const place = this.#size;
    if (place === this.capacity) return -1;
    this.#size++;
    this.#hashed[slot] = id;
    this.#places[slot] = place;
    this.ids[place] = id;
    const first = place * this.inputs;
    for (let i = 0; i < this.inputs; i++) {
      this.states[first + i] = this.baseStates[i] ?? 0;
      this.offsets[first + i] = 0;
    }
    return place;
  }

  set(place: number, input: number, state: number, offset: number): void {
    const at = place * this.inputs + input;
    this.states[at] = state;
    this.offsets[at] = offset;
  }
}
