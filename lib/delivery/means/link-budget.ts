/** Bytes of all links of one page: they must leave in the first packets, ahead of the page. */
const maxLinkBytes = 1024;

/** What is left of the links that the headers of one page may carry. */
export class LinkBudget {
  #links: number;
  #bytes = maxLinkBytes;

  /** @param maxLinks Links of one page. */
  constructor(maxLinks: number) {
    this.#links = maxLinks;
  }

  /** @returns Whether there is room for the link; then it is taken. */
  takes(link: string): boolean {
    if (this.#links === 0 || link.length > this.#bytes) return false;
    this.#links--;
    this.#bytes -= link.length;
    return true;
  }

  /** Gives back the room of links that were not sent after all. */
  restore(links: readonly string[]): void {
    this.#links += links.length;
    for (const link of links) this.#bytes += link.length;
  }
}
