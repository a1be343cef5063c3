import type { PageView } from '../evidence/recent-pages';
import { BoundedMap } from '../../util/bounded-map';
import { Accuracy, type AccuracyStats, type HourlyAccuracy } from './accuracy';

/** How something was given to a client before it asked. */
export type DeliveryMeans =
  'push' | 'early-hints' | 'link-header' | 'speculation-rules' | 'prefetch-link';

/** What became of what was given by one means. */
export interface MeansStats {
  /** Links, promises, or pages that were fetched ahead. */
  readonly sent: number;
  /** Those of them that the browser fetched, took, or showed. */
  readonly used: number;
  /** Bytes that went out for them, as far as sizes are known. */
  readonly sentBytes: number;
  /**
   * Bytes nobody needed: of pages fetched ahead those not shown so far, of links to what comes next
   * those that the next page did not need; of the rest a share, by the precision of the control
   * views.
   */
  readonly wastedBytes: number;
}

export type StatsByMeans = Readonly<Record<DeliveryMeans, MeansStats>>;

/** What was given, and what came of it, since the start. */
export interface DeliveryStats {
  readonly means: StatsByMeans;
  /** By route pattern, or path of pages without; at most 256. */
  readonly routes: readonly { readonly route: string; readonly means: StatsByMeans }[];
  readonly accuracy: AccuracyStats;
  /** Of the last 24 hours. */
  readonly hours: readonly HourlyAccuracy[];
  /**
   * Milliseconds that visitors did not wait, estimated: from the first hinted or pushed resource
   * that was fetched to the page's headers, and the think time of pages that were there already.
   */
  readonly savedMs: number;
}

interface Count {
  sent: number;
  used: number;
  sentBytes: number;
  usedBytes: number;
}

interface ViewRecord {
  readonly given: Map<string, DeliveryMeans>;
  readonly asked: Set<string>;
  /** What a view that was given nothing would have been given. */
  expected: ReadonlySet<string> | undefined;
  firstUseMs: number | undefined;
  /** Bytes of the page itself, if it was fetched ahead. */
  bytesAhead: number;
  /** Links to what the next page may need, with the bytes of each. */
  linked: Map<string, number> | undefined;
}

/** On the view: in a `WeakMap` V8's collector of young objects would take records as alive. */
const kRecord = Symbol('headstart.viewRecord');

type RecordedView = PageView & { [kRecord]?: ViewRecord };

const allMeans = [
  'push',
  'early-hints',
  'link-header',
  'speculation-rules',
  'prefetch-link',
] as const;
const maxRoutes = 256;

/** Resources of one view that are counted. */
const maxPerView = 128;

type Counts = Record<DeliveryMeans, Count>;

/** Keeps count of what was given and of what was needed. */
export class DeliveryLedger {
  readonly #clock: () => number;
  readonly #accuracy: Accuracy;
  readonly #total = newCounts();
  readonly #routes = new BoundedMap<{ readonly route: string; readonly counts: Counts }>(maxRoutes);
  #savedMs = 0;

  /** @param clock The time, in milliseconds, from any start. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#accuracy = new Accuracy(clock);
  }

  /** A view was given these, by a hint, a link or a promise. */
  given(view: PageView, means: DeliveryMeans, targets: readonly string[]): void {
    const { given } = recordOf(view);
    for (const target of targets) given.set(target, means);
    this.#count(view, means, { sent: targets.length });
  }

  /** A view was given links to what the next page may need. @param sizes Bytes of each target. */
  linkedNext(view: PageView, sizes: ReadonlyMap<string, number>): void {
    recordOf(view).linked = new Map(sizes);
    const sentBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#count(view, 'prefetch-link', { sent: sizes.size, sentBytes });
  }

  /** The visitor of a view went on. @param needs Asked for what the page he came to needs. */
  followed(view: PageView, needs: () => Iterable<string>): void {
    const linked = known(view)?.linked;
    if (linked === undefined) return;
    for (const target of needs()) {
      const usedBytes = linked.get(target);
      if (usedBytes === undefined) continue;
      linked.delete(target);
      this.#count(view, 'prefetch-link', { used: 1, usedBytes });
    }
  }

  /** A view was given nothing, but would have been given these. */
  withheld(view: PageView, targets: readonly string[]): void {
    const record = recordOf(view);
    record.expected = new Set([...(record.expected ?? []), ...targets]);
  }

  /** A view asked for a resource. */
  asked(view: PageView, target: string, bytes: number): void {
    const record = known(view);
    if (record === undefined || record.asked.has(target)) return;
    if (record.asked.size >= maxPerView) return;
    record.asked.add(target);
    const means = record.given.get(target);
    if (means !== undefined) {
      record.firstUseMs ??= this.#clock();
      this.#count(view, means, { used: 1, sentBytes: bytes, usedBytes: bytes });
    }
    if (record.expected === undefined) return;
    if (record.asked.size === 1) this.#accuracy.view(record.expected.size);
    this.#accuracy.asked(record.expected.has(target));
  }

  /** The headers of a page leave: from here on nothing is won any more. */
  answered(view: PageView): void {
    const since = known(view)?.firstUseMs;
    if (since !== undefined) this.#savedMs += this.#clock() - since;
  }

  /** A promised response ended. */
  pushed(view: PageView, bytes: number, isTaken: boolean): void {
    recordOf(view).firstUseMs ??= this.#clock();
    this.#count(view, 'push', {
      used: isTaken ? 1 : 0,
      sentBytes: bytes,
      usedBytes: isTaken ? bytes : 0,
    });
  }

  /** A page was fetched ahead. */
  fetchedAhead(view: PageView, bytes: number): void {
    recordOf(view).bytesAhead = bytes;
    this.#count(view, 'speculation-rules', { sent: 1, sentBytes: bytes });
  }

  /** A page that was fetched ahead is looked at; its visitor did not wait while the app thought. */
  shown(view: PageView): void {
    const usedBytes = known(view)?.bytesAhead ?? 0;
    this.#count(view, 'speculation-rules', { used: 1, usedBytes });
    this.#savedMs += view.thinkMs ?? 0;
  }

  get stats(): DeliveryStats {
    const accuracy = this.#accuracy.total;
    const precision = accuracy.precision ?? 1;
    return {
      means: statsOf(this.#total, precision),
      routes: [...this.#routes.values()].map(({ route, counts }) => ({
        route,
        means: statsOf(counts, precision),
      })),
      accuracy,
      hours: this.#accuracy.hours,
      savedMs: this.#savedMs,
    };
  }

  #count(view: PageView, means: DeliveryMeans, change: Partial<Count>): void {
    add(this.#total[means], change);
    const route = view.pattern ?? view.key;
    if (route === undefined) return;
    add(this.#routes.use(route, () => ({ route, counts: newCounts() })).counts[means], change);
  }
}

function known(view: RecordedView): ViewRecord | undefined {
  return view[kRecord];
}

function recordOf(view: RecordedView): ViewRecord {
  view[kRecord] ??= {
    given: new Map(),
    asked: new Set(),
    expected: undefined,
    firstUseMs: undefined,
    bytesAhead: 0,
    linked: undefined,
  };
  return view[kRecord];
}

function newCounts(): Counts {
  const zero = (): Count => ({ sent: 0, used: 0, sentBytes: 0, usedBytes: 0 });
  return {
    push: zero(),
    'early-hints': zero(),
    'link-header': zero(),
    'speculation-rules': zero(),
    'prefetch-link': zero(),
  };
}

function add(count: Count, change: Partial<Count>): void {
  count.sent += change.sent ?? 0;
  count.used += change.used ?? 0;
  count.sentBytes += change.sentBytes ?? 0;
  count.usedBytes += change.usedBytes ?? 0;
}

function statsOf(counts: Counts, precision: number): StatsByMeans {
  const one = (means: DeliveryMeans): MeansStats => {
    const { sent, used, sentBytes, usedBytes } = counts[means];
    const isAhead = means === 'speculation-rules' || means === 'prefetch-link';
    const neededBytes = isAhead ? usedBytes : usedBytes * precision;
    return { sent, used, sentBytes, wastedBytes: Math.max(0, Math.round(sentBytes - neededBytes)) };
  };
  return Object.fromEntries(allMeans.map((means) => [means, one(means)])) as StatsByMeans;
}
