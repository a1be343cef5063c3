import type { OpenVisit } from './open-visit';

/** Pages one client may have open, in as many tabs. */
const maxVisitsPerClient = 8;

/**
 * The open visits of each client. A client that opens a ninth page loses its oldest, so a flood
 * from one client costs no other client anything; beyond `maxClients` the client that has been
 * quiet longest goes.
 */
export class OpenVisits {
  readonly #maxClients: number;
  /** Quiet longest first; the visits of each newest last. */
  readonly #clients = new Map<number, OpenVisit[]>();

  /** Kept, because a new iterator would have to skip the holes of deleted clients. */
  #quietest = this.#clients.keys();

  constructor(maxClients: number) {
    this.#maxClients = maxClients;
  }

  find(client: number, page: string): OpenVisit | undefined {
    return this.#clients.get(client)?.findLast((visit) => visit.page === page);
  }

  /** Opens a visit; an open visit of the same page by the same client ends. */
  add(client: number, visit: OpenVisit): void {
    const visits = this.#clients.get(client) ?? [];
    this.#clients.delete(client);
    this.#clients.set(client, visits);
    const same = visits.findIndex(({ page }) => page === visit.page);
    if (same !== -1) visits.splice(same, 1);
    else if (visits.length === maxVisitsPerClient) visits.shift();
    visits.push(visit);
    if (this.#clients.size > this.#maxClients) this.#forgetQuietest();
  }

  #forgetQuietest(): void {
    const { value, done } = this.#quietest.next();
    if (done !== true) {
      this.#clients.delete(value);
      return;
    }
    this.#quietest = this.#clients.keys();
    this.#forgetQuietest();
  }
}
