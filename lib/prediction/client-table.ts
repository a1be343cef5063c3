/** Pages one client may have open, in as many tabs. */
export const visitsPerClient = 16;

/** Subresources remembered of each client: what its browser is likely to have. */
export const fetchesPerClient = 64;

/** The next page belongs to a visit for this long: the usual end of a session in web analytics. */
export const sessionIdleMs = 30 * 60_000;

/** Clients that share a place of the table. */
const ways = 8;

/** Numbers kept of one visit, by name. */
const visitInts = 10;

const bytesPerRow =
  4 * (6 + visitsPerClient * (visitInts + 1) + fetchesPerClient) +
  8 * (visitsPerClient + 1) +
  2 * fetchesPerClient;

interface Slabs {
  readonly keys: Int32Array;
  readonly views: Int32Array;
  readonly depths: Int32Array;
  readonly askedBits: Int32Array;
  readonly foundBits: Int32Array;
  readonly fetches: Int32Array;
  readonly lastMs: Float64Array;
  /** Visit `v` of client `c`: its `field` is at `((c * visitsPerClient) + v) * visitInts + field`. */
  readonly visits: Int32Array;
  readonly visitMs: Float64Array;
  /** The pages of the visits once more, close together for the search. */
  readonly visitPages: Int32Array;
  readonly fetchIds: Int32Array;
  readonly fetchViews: Uint16Array;
}

export const visitField = {
  page: 0,
  before: 1,
  beforeThat: 2,
  /** Number of the view among those of its client. */
  view: 3,
  /** Contexts this visit teaches, one bit each. */
  admitted: 4,
  pageLesson: 5,
  resourceLesson: 6,
  /** Three pages back. */
  longBefore: 7,
  /** Pages it led to, one bit for each 32nd of their hashes. */
  led: 8,
  /** Subresources it asked for. */
  asked: 9,
} as const;

export type VisitField = keyof typeof visitField;

/**
 * What the latest clients did: the last 8 pages and the last 64 subresources of each.
 *
 * An 8-way set-associative table of fixed rows: a new client takes the row of the one that has
 * been quiet longest among those of its set, so a flood of one client costs no other anything.
 */
export class ClientTable {
  readonly #maxBytes: number;
  #rows = 64;
  #used = 0;
  #slabs: Slabs;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#slabs = allocate(this.#rows);
  }

  get bytes(): number {
    return this.#rows * bytesPerRow;
  }

  get size(): number {
    return this.#used;
  }

  /** @returns The row of a client, or -1. Rows are good until the next {@link insert}. */
  find(client: number): number {
    const key = client || 1;
    const first = this.#firstOf(key);
    for (let row = first; row < first + ways; row++) if (this.#slabs.keys[row] === key) return row;
    return -1;
  }

  insert(client: number, nowMs: number): number {
    let row = this.find(client);
    if (row === -1) {
      while (this.#isCrowded(this.#firstOf(client || 1)) && this.#grow());
      row = this.#vacate(client || 1);
      this.#slabs.keys[row] = client || 1;
      this.#used++;
    }
    const { lastMs, depths } = this.#slabs;
    depths[row] = nowMs - (lastMs[row] ?? 0) > sessionIdleMs ? 1 : (depths[row] ?? 0) + 1;
    lastMs[row] = nowMs;
    return row;
  }

  /** Pages of its session so far. */
  depthOf(row: number): number {
    return this.#slabs.depths[row] ?? 0;
  }

  /** Pages viewed so far. */
  viewsOf(row: number): number {
    return this.#slabs.views[row] ?? 0;
  }

  /** Whether the latest views asked for subresources: one bit each, the latest lowest. */
  askedBitsOf(row: number): number {
    return this.#slabs.askedBits[row] ?? 0;
  }

  /** How its latest steps were known, two bits each, the latest lowest: see {@link noteStep}. */
  foundBitsOf(row: number): number {
    return this.#slabs.foundBits[row] ?? 0;
  }

  /** Notes how well a step was known: from 1, not at all, to 3. */
  noteStep(row: number, found: number): void {
    const { foundBits } = this.#slabs;
    foundBits[row] = (((foundBits[row] ?? 0) << 2) | found) & 0xff;
  }

  /** Subresources asked for so far. */
  fetchesOf(row: number): number {
    return this.#slabs.fetches[row] ?? 0;
  }

  fetchAt(row: number, place: number): number {
    return this.#slabs.fetchIds[row * fetchesPerClient + place] ?? 0;
  }

  /** Number of the view that fetched it, modulo 65536. */
  fetchViewAt(row: number, place: number): number {
    return this.#slabs.fetchViews[row * fetchesPerClient + place] ?? 0;
  }

  /** The latest visit of a page, or -1. */
  findVisit(row: number, page: number): number {
    const { visitPages } = this.#slabs;
    const first = row * visitsPerClient;
    for (let visit = first; visit < first + visitsPerClient; visit++) {
      if (visitPages[visit] === page) return visit;
    }
    return -1;
  }

  get(visit: number, field: VisitField): number {
    return this.#slabs.visits[visit * visitInts + visitField[field]] ?? 0;
  }

  set(visit: number, field: VisitField, value: number): void {
    this.#slabs.visits[visit * visitInts + visitField[field]] = value;
  }

  timeOf(visit: number): number {
    return this.#slabs.visitMs[visit] ?? 0;
  }

  setTime(visit: number, timeMs: number): void {
    this.#slabs.visitMs[visit] = timeMs;
  }

  /** Opens a visit in place of one of the same page, or else of the oldest. */
  open(row: number, page: number, nowMs: number): number {
    const { visits, visitPages, visitMs, views, askedBits } = this.#slabs;
    let visit = this.findVisit(row, page);
    if (visit === -1) {
      const first = row * visitsPerClient;
      visit = first;
      for (let other = first; other < first + visitsPerClient; other++) {
        if (visitPages[other] === 0) {
          visit = other;
          break;
        }
        if ((visitMs[other] ?? 0) < (visitMs[visit] ?? 0)) visit = other;
      }
    }
    visits.fill(0, visit * visitInts, (visit + 1) * visitInts);
    visits[visit * visitInts] = page;
    visitPages[visit] = page;
    visitMs[visit] = nowMs;
    views[row] = (views[row] ?? 0) + 1;
    askedBits[row] = ((askedBits[row] ?? 0) << 1) & 0xff;
    this.set(visit, 'view', views[row]);
    return visit;
  }

  /** Whether this view has fetched, or was given, a subresource. */
  hasFetched(row: number, view: number, id: number): boolean {
    const first = row * fetchesPerClient;
    const low = view & 0xffff;
    for (let at = first; at < first + fetchesPerClient; at++) {
      if (this.#slabs.fetchIds[at] === id && this.#slabs.fetchViews[at] === low) return true;
    }
    return false;
  }

  addFetch(row: number, view: number, id: number): void {
    const { fetchIds, fetchViews, fetches } = this.#slabs;
    const at = row * fetchesPerClient + ((fetches[row] ?? 0) % fetchesPerClient);
    fetchIds[at] = id;
    fetchViews[at] = view;
    fetches[row] = (fetches[row] ?? 0) + 1;
  }

  /** Notes that a view asked for subresources. */
  noteAsked(row: number, view: number): void {
    const { askedBits, views } = this.#slabs;
    const back = (views[row] ?? 0) - view;
    if (back < 8) askedBits[row] = (askedBits[row] ?? 0) | (1 << back);
  }

  #firstOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 7) & (this.#rows - ways);
  }

  #vacate(key: number): number {
    const { keys, lastMs } = this.#slabs;
    const first = this.#firstOf(key);
    let victim = first;
    for (let row = first; row < first + ways; row++) {
      if (keys[row] === 0) return row;
      if ((lastMs[row] ?? 0) < (lastMs[victim] ?? 0)) victim = row;
    }
    for (const slab of Object.values(this.#slabs) as Int32Array[]) {
      const width = slab.length / this.#rows;
      slab.fill(0, victim * width, (victim + 1) * width);
    }
    this.#used--;
    return victim;
  }

  /** Whether a set has no empty row, and not because somebody aims at it. */
  #isCrowded(first: number): boolean {
    const { keys } = this.#slabs;
    for (let row = first; row < first + ways; row++) if (keys[row] === 0) return false;
    return this.#used * 5 > this.#rows;
  }

  #grow(): boolean {
    if (this.bytes * 2 > this.#maxBytes) return false;
    const old = this.#slabs;
    const oldRows = this.#rows;
    this.#rows *= 2;
    this.#used = 0;
    this.#slabs = allocate(this.#rows);
    const parts = Object.keys(old) as (keyof Slabs)[];
    for (let from = 0; from < oldRows; from++) {
      const key = old.keys[from] ?? 0;
      if (key === 0) continue;
      const to = this.#vacate(key);
      this.#used++;
      for (const part of parts) {
        const width = old[part].length / oldRows;
        this.#slabs[part].set(old[part].subarray(from * width, (from + 1) * width), to * width);
      }
    }
    return true;
  }
}

function allocate(rows: number): Slabs {
  return {
    keys: new Int32Array(rows),
    views: new Int32Array(rows),
    depths: new Int32Array(rows),
    askedBits: new Int32Array(rows),
    foundBits: new Int32Array(rows),
    fetches: new Int32Array(rows),
    lastMs: new Float64Array(rows),
    visits: new Int32Array(rows * visitsPerClient * visitInts),
    visitMs: new Float64Array(rows * visitsPerClient),
    visitPages: new Int32Array(rows * visitsPerClient),
    fetchIds: new Int32Array(rows * fetchesPerClient),
    fetchViews: new Uint16Array(rows * fetchesPerClient),
  };
}
