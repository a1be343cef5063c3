import type { Source } from './consider';
import { contextKey } from './context-key';
import type { Place } from './place';
import type { SuccessorTable } from './successor-table';
import type { UrlTable } from './url-table';

/** Contexts, in the order in which their targets become candidates; also inputs of the mixer. */
export const resourceContext = { page: 0, kind: 1, recent: 2, site: 3 } as const;
export const resourceContextCount = 4;

/** Key of contexts that are the whole site. */
const siteKey = 13;

/** What views of a page asked for, those of its kind, and of the site, of late and ever. */
export class ResourceContexts {
  readonly sources: readonly Source[];
  readonly #urls: UrlTable;
  readonly #keys = new Int32Array(resourceContextCount);

  constructor(urls: UrlTable, table: SuccessorTable, recent: SuccessorTable) {
    this.#urls = urls;
    this.sources = [
      { table, most: 48 },
      { table, most: 24 },
      { table: recent, most: 16 },
      { table, most: 24 },
    ].map((source, input) => ({ ...source, input, reads: source.table.rows.width }));
  }

  /** Key of a page's context by the hash of its URL. */
  static keyOfPage(hash: number): number {
    return contextKey(hash, 11);
  }

  /**
   * Counts a view that asked for something; `held` is what it was given without asking.
   *
   * @returns The contexts it may teach, one bit each, for {@link teach}.
   */
  visit(place: Place, client: number, held: readonly number[]): number {
    const keys = this.keysOf(place);
    let admitted = 0;
    for (const { table, input } of this.sources) {
      const row = table.insert(keys[input] ?? 0);
      if (!table.admits(row, client)) continue;
      table.addVisit(row);
      for (const id of held) table.hold(row, id);
      admitted |= 1 << input;
    }
    return admitted;
  }

  /** @param order How many subresources the view asked for before. */
  teach(place: Place, admitted: number, resource: number, order: number): void {
    const keys = this.keysOf(place);
    for (const { table, input } of this.sources) {
      const row = (admitted & (1 << input)) === 0 ? -1 : table.find(keys[input] ?? 0);
      if (row !== -1) table.addUse(row, resource, order);
    }
  }

  /** Keys of the contexts of a place. Good until the next call. */
  keysOf({ page, kind }: Place): Int32Array {
    const keys = this.#keys;
    keys[resourceContext.page] = ResourceContexts.keyOfPage(this.#urls.hashOf(page));
    keys[resourceContext.kind] = contextKey(kind, 12);
    keys[resourceContext.recent] = siteKey;
    keys[resourceContext.site] = siteKey;
    return keys;
  }
}
