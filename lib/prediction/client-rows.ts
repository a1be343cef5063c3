/** Pages one client may have open, in as many tabs. */
export const visitsPerClient = 16;

/** Subresources remembered of each client: what its browser is likely to have. */
export const fetchesPerClient = 64;

/** The next page belongs to a visit for this long: the usual end of a session in web analytics. */
export const sessionIdleMs = 30 * 60_000;

/** Numbers kept of one visit, by name. */
export const visitField = {
  page: 0,
  before: 1,
  beforeThat: 2,
  /** Number of the view among those of its client. */
  view: 3,
  /** Contexts of the next page this visit teaches, one bit each. */
  admitted: 4,
  pageLesson: 5,
  resourceLesson: 6,
  /** Three pages back. */
  longBefore: 7,
  /** Pages it led to, one bit for each 32nd of their hashes. */
  led: 8,
  /** Subresources it asked for. */
  asked: 9,
  /** Contexts of subresources it teaches, one bit each; -1 before it asked for any. */
  admittedResources: 10,
  /** Hash of the network it came from, or of its client. */
  network: 11,
  /** Whether the client had viewed the page in this session before: 1 if so. */
  again: 12,
} as const;

export type VisitField = (typeof visitField)[keyof typeof visitField];

const visitInts = 13;

/** Words of one client: pages of its visits, what it fetched and in which views, and these. */
const fetchesFrom = visitsPerClient;
const fetchViewsFrom = fetchesFrom + fetchesPerClient;
const viewsAt = fetchViewsFrom + fetchesPerClient / 2;
const depthAt = viewsAt + 1;
const askedBitsAt = viewsAt + 2;
const foundBitsAt = viewsAt + 3;
const fetchCountAt = viewsAt + 4;
const clientInts = viewsAt + 5;

/**
 * What the latest clients did, in rows: the last 16 pages and the last 64 subresources of each.
 * Visits are numbered through all rows.
 */
export class ClientRows {
  readonly count: number;
  /** Hash of each client, 0 for none, and when it was here last. */
  readonly keys: Int32Array;
  readonly lastMs: Float64Array;
  readonly #ints: Int32Array;
  /** The number of the view that fetched each subresource, modulo 65536. */
  readonly #halves: Uint16Array;
  /** `field` of visit `v` is at `v * visitInts + field`. */
  readonly #visits: Int32Array;
  readonly #visitMs: Float64Array;

  constructor(count: number) {
    this.count = count;
    this.keys = new Int32Array(count);
    this.lastMs = new Float64Array(count);
    this.#ints = new Int32Array(count * clientInts);
    this.#halves = new Uint16Array(this.#ints.buffer);
    this.#visits = new Int32Array(count * visitsPerClient * visitInts);
    this.#visitMs = new Float64Array(count * visitsPerClient);
  }

  get byteLength(): number {
    const { keys, lastMs } = this;
    const parts = [keys, lastMs, this.#ints, this.#visits, this.#visitMs];
    return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Pages of its session so far. */
  depthOf(row: number): number {
    return this.#ints[row * clientInts + depthAt] ?? 0;
  }

  /** Counts a page of this session, or of a new one. */
  deepen(row: number, nowMs: number): void {
    const at = row * clientInts + depthAt;
    const isNew = nowMs - (this.lastMs[row] ?? 0) > sessionIdleMs;
    this.#ints[at] = isNew ? 1 : (this.#ints[at] ?? 0) + 1;
    this.lastMs[row] = nowMs;
  }

  /** Pages viewed so far. */
  viewsOf(row: number): number {
    return this.#ints[row * clientInts + viewsAt] ?? 0;
  }

  /** Whether the latest views asked for subresources: one bit each, the latest lowest. */
  askedBitsOf(row: number): number {
    return this.#ints[row * clientInts + askedBitsAt] ?? 0;
  }

  /** Notes that a view asked for subresources. */
  noteAsked(row: number, view: number): void {
    const back = this.viewsOf(row) - view;
    const at = row * clientInts + askedBitsAt;
    if (back < 8) this.#ints[at] = (this.#ints[at] ?? 0) | (1 << back);
  }

  /** How its latest steps were known, two bits each, the latest lowest: see {@link noteStep}. */
  foundBitsOf(row: number): number {
    return this.#ints[row * clientInts + foundBitsAt] ?? 0;
  }

  /** Notes how well a step was known: from 1, not at all, to 3. */
  noteStep(row: number, found: number): void {
    const at = row * clientInts + foundBitsAt;
    this.#ints[at] = (((this.#ints[at] ?? 0) << 2) | found) & 0xff;
  }

  fetchAt(row: number, place: number): number {
    return this.#ints[row * clientInts + fetchesFrom + place] ?? 0;
  }

  /** Number of the view that fetched it, modulo 65536. */
  fetchViewAt(row: number, place: number): number {
    return this.#halves[2 * (row * clientInts + fetchViewsFrom) + place] ?? 0;
  }

  /** Whether this view has fetched, or was given, a subresource. */
  hasFetched(row: number, view: number, id: number): boolean {
    for (let at = 0; at < fetchesPerClient; at++) {
      if (this.fetchAt(row, at) === id && this.fetchViewAt(row, at) === (view & 0xffff))
        return true;
    }
    return false;
  }

  addFetch(row: number, view: number, id: number): void {
    const first = row * clientInts;
    const fetches = this.#ints[first + fetchCountAt] ?? 0;
    const place = fetches % fetchesPerClient;
    this.#ints[first + fetchesFrom + place] = id;
    this.#halves[2 * (first + fetchViewsFrom) + place] = view;
    this.#ints[first + fetchCountAt] = fetches + 1;
  }

  /** The visit of a page, or -1. */
  findVisit(row: number, page: number): number {
    const first = row * clientInts;
    for (let place = 0; place < visitsPerClient; place++) {
      if (this.#ints[first + place] === page) return row * visitsPerClient + place;
    }
    return -1;
  }

  get(visit: number, field: VisitField): number {
    return this.#visits[visit * visitInts + field] ?? 0;
  }

  set(visit: number, field: VisitField, value: number): void {
    this.#visits[visit * visitInts + field] = value;
  }

  timeOf(visit: number): number {
    return this.#visitMs[visit] ?? 0;
  }

  setTime(visit: number, timeMs: number): void {
    this.#visitMs[visit] = timeMs;
  }

  /** Opens a visit in place of one of the same page, or else of the oldest. */
  open(row: number, page: number, nowMs: number): number {
    const earlier = this.findVisit(row, page);
    const visit = earlier === -1 ? this.#oldestVisit(row) : earlier;
    const isAgain = earlier !== -1 && nowMs - this.timeOf(earlier) <= sessionIdleMs;
    const first = row * clientInts;
    const views = (this.#ints[first + viewsAt] ?? 0) + 1;
    this.#ints[first + viewsAt] = views;
    this.#ints[first + askedBitsAt] = ((this.#ints[first + askedBitsAt] ?? 0) << 1) & 0xff;
    this.#ints[first + visit - row * visitsPerClient] = page;
    this.#visits.fill(0, visit * visitInts, (visit + 1) * visitInts);
    this.#visits[visit * visitInts] = page;
    this.set(visit, visitField.view, views);
    this.set(visit, visitField.again, isAgain ? 1 : 0);
    this.set(visit, visitField.admittedResources, -1);
    this.#visitMs[visit] = nowMs;
    return visit;
  }

  clear(row: number): void {
    this.#ints.fill(0, row * clientInts, (row + 1) * clientInts);
    const from = row * visitsPerClient;
    this.#visits.fill(0, from * visitInts, (from + visitsPerClient) * visitInts);
    this.#visitMs.fill(0, from, from + visitsPerClient);
    this.lastMs[row] = 0;
  }

  copy(row: number, to: ClientRows, target: number): void {
    to.keys[target] = this.keys[row] ?? 0;
    to.lastMs[target] = this.lastMs[row] ?? 0;
    copyRow(this.#ints, row, to.#ints, target, clientInts);
    copyRow(this.#visits, row, to.#visits, target, visitsPerClient * visitInts);
    copyRow(this.#visitMs, row, to.#visitMs, target, visitsPerClient);
  }

  /** The one place that is empty, or was used longest ago. */
  #oldestVisit(row: number): number {
    const first = row * visitsPerClient;
    let oldest = first;
    for (let visit = first; visit < first + visitsPerClient; visit++) {
      if (this.#visits[visit * visitInts] === 0) return visit;
      if ((this.#visitMs[visit] ?? 0) < (this.#visitMs[oldest] ?? 0)) oldest = visit;
    }
    return oldest;
  }
}

function copyRow<T extends Int32Array | Float64Array>(
  from: T,
  row: number,
  to: T,
  target: number,
  width: number,
): void {
  to.set(from.subarray(row * width, (row + 1) * width), target * width);
}
