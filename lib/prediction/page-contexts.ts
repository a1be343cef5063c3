import type { Source } from './consider';
import { contextKey } from './context-key';
import type { Place } from './place';
import type { SuccessorTable } from './successor-table';
import type { UrlTable } from './url-table';

/** Contexts, in the order in which their targets become candidates; also inputs of the mixer. */
export const pageContext = {
  triple: 0,
  pair: 1,
  page: 2,
  window: 3,
  kind: 4,
  recent: 5,
  site: 6,
  sibling: 7,
  sibling2: 8,
  windowBefore: 9,
  windowBefore2: 10,
} as const;
export const pageContextCount = 11;

/** Of them, those that have rows of their own; the rest read rows of earlier pages. */
const taughtCount = 7;

const windowBit = 1 << pageContext.window;

/** Whether earlier pages may be taught by what follows later: bits after those of the contexts. */
const earlierBits = [1 << 8, 1 << 9, 1 << 10] as const;

/** Keys of contexts that are the whole site. */
const siteKey = 5;
const lessonKey = 6;

/** Tables of long lists, of short lists, and of lists that forget fast. */
export interface PageTables {
  readonly wide: SuccessorTable;
  readonly narrow: SuccessorTable;
  readonly recent: SuccessorTable;
}

/**
 * What came after a page, after the last two and the last three (as PPM does: Cleary and Witten,
 * 1984), after this page of late, after pages of its kind and anywhere on the site; and what came
 * within four steps of a page (the dependency graph of Padmanabhan and Mogul, 1996), so that visitors
 * with several tabs, and those who go back without the server noticing, are followed, too.
 */
export class PageContexts {
  readonly sources: readonly Source[];
  readonly #urls: UrlTable;
  readonly #keys = new Int32Array(pageContextCount);

  constructor(urls: UrlTable, { wide, narrow, recent }: PageTables) {
    this.#urls = urls;
    this.sources = [
      { table: narrow, most: 10, reads: 10 },
      { table: narrow, most: 10, reads: 10 },
      { table: wide, most: 16, reads: 24 },
      { table: wide, most: 4, reads: 8 },
      { table: wide, most: 4, reads: 8 },
      { table: recent, most: 4, reads: 6 },
      { table: wide, most: 4, reads: 8 },
      { table: wide, most: 4, reads: 8 },
      { table: wide, most: 4, reads: 8 },
      { table: wide, most: 4, reads: 8 },
      { table: wide, most: 4, reads: 8 },
    ].map((source, input) => ({ ...source, input }));
  }

  /**
   * Counts a view.
   *
   * @param earlier What the visit it came from was admitted to.
   * @returns The contexts it may teach, one bit each, for {@link teach}.
   */
  visit(place: Place, client: number, earlier: number): number {
    const keys = this.keysOf(place);
    let admitted = 0;
    for (let i = 0; i < taughtCount; i++) {
      const key = keys[i] ?? 0;
      const table = this.#table(i);
      if (key === 0) continue;
      const row = table.insert(key);
      if (!table.admits(row, client)) continue;
      table.addVisit(row);
      admitted |= 1 << i;
    }
    if ((earlier & windowBit) !== 0) admitted |= earlierBits[0];
    if ((earlier & earlierBits[0]) !== 0) admitted |= earlierBits[1];
    if ((earlier & earlierBits[1]) !== 0) admitted |= earlierBits[2];
    return admitted;
  }

  /**
   * Counts a view for the kind of its page, which was not known before.
   *
   * @returns What the visit is admitted to, which was `admitted` before.
   */
  visitKind(place: Place, client: number, admitted: number): number {
    const table = this.#table(pageContext.kind);
    const row = table.insert(this.keysOf(place)[pageContext.kind] ?? 0);
    const bit = 1 << pageContext.kind;
    if (!table.admits(row, client)) return admitted & ~bit;
    table.addVisit(row);
    return admitted | bit;
  }

  /** Whether a visit teaches its page. */
  static teachesPage(admitted: number): boolean {
    return (admitted & (1 << pageContext.page)) !== 0;
  }

  /**
   * A visitor went on to a page.
   *
   * @returns How it was known: 3 to follow this page, 2 to follow earlier ones, 1 not at all.
   */
  teach(place: Place, admitted: number, next: number): number {
    const keys = this.keysOf(place);
    let found = 1;
    for (let i = 0; i < taughtCount; i++) {
      const key = keys[i] ?? 0;
      const isKnown = key !== 0 && this.#count(i, key, (admitted & (1 << i)) !== 0, next);
      if (isKnown && i === pageContext.page) found = 3;
      else if (isKnown && i === pageContext.window && found === 1) found = 2;
    }
    const { before, beforeThat, longBefore } = place;
    const isNear = this.#teachEarlier(before, (admitted & earlierBits[0]) !== 0, next);
    const isFar = this.#teachEarlier(beforeThat, (admitted & earlierBits[1]) !== 0, next);
    const isOff = this.#teachEarlier(longBefore, (admitted & earlierBits[2]) !== 0, next);
    return found === 1 && (isNear || isFar || isOff) ? 2 : found;
  }

  /** Whether this client may teach the mixers, which serve all pages: within its share of the site. */
  admitsLesson(client: number): boolean {
    const table = this.#table(pageContext.recent);
    return table.admits(table.insert(lessonKey), client);
  }

  /** Views of a page, aged. */
  viewsOf(page: number): number {
    const table = this.#table(pageContext.page);
    const row = table.find(PageContexts.keyOfPage(this.#urls.hashOf(page)));
    return row === -1 ? 0 : table.rows.totalOf(row);
  }

  /** Key of a page's context by the hash of its URL. */
  static keyOfPage(hash: number): number {
    return contextKey(hash, 1);
  }

  /** Key of what came within a few steps of a page. */
  static keyOfWindow(hash: number): number {
    return contextKey(hash, 7);
  }

  /** Keys of the contexts of a place, 0 for those it has not. Good until the next call. */
  keysOf({ page, before, beforeThat, kind }: Place): Int32Array {
    const urls = this.#urls;
    const keys = this.#keys;
    const here = urls.hashOf(page);
    const there = urls.hashOf(before);
    const pair = before === 0 ? 0 : contextKey(contextKey(here, there), 2);
    const earlier = beforeThat === 0 ? 0 : urls.hashOf(beforeThat);
    keys[pageContext.page] = PageContexts.keyOfPage(here);
    keys[pageContext.pair] = pair;
    keys[pageContext.triple] = beforeThat === 0 ? 0 : contextKey(contextKey(pair, earlier), 3);
    keys[pageContext.window] = PageContexts.keyOfWindow(here);
    keys[pageContext.kind] = contextKey(kind, 4);
    keys[pageContext.recent] = contextKey(here, 9);
    keys[pageContext.site] = siteKey;
    keys[pageContext.sibling] = before === 0 ? 0 : PageContexts.keyOfPage(there);
    keys[pageContext.sibling2] = beforeThat === 0 ? 0 : PageContexts.keyOfPage(earlier);
    keys[pageContext.windowBefore] = before === 0 ? 0 : PageContexts.keyOfWindow(there);
    keys[pageContext.windowBefore2] = beforeThat === 0 ? 0 : PageContexts.keyOfWindow(earlier);
    return keys;
  }

  /** @returns Whether the page was known to come within a few steps of an earlier one. */
  #teachEarlier(earlier: number, isAdmitted: boolean, next: number): boolean {
    if (earlier === 0) return false;
    const key = PageContexts.keyOfWindow(this.#urls.hashOf(earlier));
    return this.#count(pageContext.window, key, isAdmitted, next);
  }

  /** Counts, if it is admitted, that a context led to a page. @returns Whether it had before. */
  #count(context: number, key: number, isAdmitted: boolean, next: number): boolean {
    const table = this.#table(context);
    const row = table.find(key);
    if (row === -1) return false;
    return isAdmitted ? table.addUse(row, next) : table.rows.placeOf(row, next) !== -1;
  }

  #table(context: number): SuccessorTable {
    const source = this.sources[context];
    if (source === undefined) throw new RangeError(`no context ${context}`);
    return source.table;
  }
}
