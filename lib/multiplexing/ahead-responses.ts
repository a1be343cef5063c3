import { isPrerender, isSpeculative } from '../util/is-speculative';

type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A response to a request that came before anybody wanted it. */
export interface AheadResponse {
  /** Whether the page that it is for is shown by now. */
  isAwaited: boolean;
  /** Called when that changes. */
  changed?: () => void;
}

interface Entry extends AheadResponse {
  /** URL of the page that it is, or is for. */
  readonly page: string;
  readonly isDocument: boolean;
}

/**
 * What one session fetches ahead, as long as it is on its way: when its page is shown, it must not wait
 * any longer behind what that page asks for only now.
 *
 * Browsers say nothing when they show a page. But what a page asks for tells its URL (`Referer`), and
 * only a page that is shown asks for anything without `Sec-Purpose`, or for other pages ahead. Then
 * other pages that this one was chosen from are gone, and with them what they asked for: all that is
 * left is wanted, fonts too, which name their style sheet instead of the page.
 */
export class AheadResponses {
  readonly #open = new Set<Entry>();
  #shownPage: string | undefined;

  get size(): number {
    return this.#open.size;
  }

  /** @returns `undefined` for what is awaited anyway, or never will be. */
  enter(headers: RequestHeaders, isDocument: boolean): AheadResponse | undefined {
    const isAhead = isSpeculative(headers);
    const referer = headers.referer === undefined ? undefined : String(headers.referer);
    if (referer !== undefined && (!isAhead || isDocument)) this.#show(referer);
    // What a shown page prefetches for others stays behind; so does what tells no page.
    const page = isDocument ? urlOf(headers) : isPrerender(headers) ? referer : undefined;
    if (!isAhead || page === undefined) return undefined;
    const entry: Entry = { page, isDocument, isAwaited: page === this.#shownPage };
    this.#open.add(entry);
    return entry;
  }

  leave(response: AheadResponse): void {
    this.#open.delete(response as Entry);
  }

  #show(page: string): void {
    this.#shownPage = page;
    const isAhead = [...this.#open].some((one) => one.page === page && !one.isAwaited);
    if (!isAhead) return;
    for (const one of this.#open) {
      if (one.isAwaited || (one.isDocument && one.page !== page)) continue;
      one.isAwaited = true;
      one.changed?.();
    }
  }
}

function urlOf(headers: RequestHeaders): string {
  const { ':scheme': scheme, ':authority': authority, ':path': path } = headers;
  return `${String(scheme)}://${String(authority)}${String(path)}`;
}
