import { visitField } from './client-rows';
import type { ClientTable } from './client-table';
import type { UrlTable } from './url-table';

/** A page somebody is on, and how he came there. */
export interface Place {
  readonly page: number;
  /** 0 if this is the first. */
  readonly before: number;
  readonly beforeThat: number;
  /** Three pages back, or 0. */
  readonly longBefore: number;
  /** Hash of the route pattern of the page, or of what stands for it. */
  readonly kind: number;
  /** The folders the page is in: see `foldersOf`. */
  readonly folders: number;
  /** Row of the client; -1 if unknown, -2 if known to be new. */
  readonly client: number;
}

/** Where the client in a row was on a visit; `kind` if it is known better. */
export function placeOf(
  { urls, clients }: { readonly urls: UrlTable; readonly clients: ClientTable },
  row: number,
  visit: number,
  kind?: number,
): Place {
  const { rows } = clients;
  const page = rows.get(visit, visitField.page);
  return {
    page,
    before: rows.get(visit, visitField.before),
    beforeThat: rows.get(visit, visitField.beforeThat),
    longBefore: rows.get(visit, visitField.longBefore),
    kind: kind ?? urls.kindHashOf(page),
    folders: urls.foldersOf(page),
    client: row,
  };
}
