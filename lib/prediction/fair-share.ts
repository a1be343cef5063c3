/** Clients of one round at most: the smallest share a client can be held to is 1/16. */
const maxClientsPerRound = 16;

/**
 * Decides whose visit counts, so that no client teaches more than its share however often it comes.
 *
 * Visits count in rounds, and each client once a round. A round is over when `minClients` of its
 * clients have come again, or when a seventeenth comes: one client alone never ends a round, and a
 * handful of regular visitors always do. A client's share of what is learned is thus one in the
 * number of clients of a round: 1/16 on a busy page, 1/`minClients` at the worst.
 */
export class FairShare {
  readonly #clientsToEndRound: number;
  /** Hashes of the clients of this round. */
  #counted: number[] = [];
  /** Those of them that came again. */
  #waiting: number[] = [];

  constructor(minClients: number) {
    this.#clientsToEndRound = Math.min(minClients, maxClientsPerRound);
  }

  /** Whether this visit counts. */
  admits(client: number): boolean {
    if (this.#counted.includes(client)) {
      if (!this.#waiting.includes(client)) this.#waiting.push(client);
      if (this.#waiting.length < this.#clientsToEndRound) return false;
      this.#startRound();
    } else if (this.#counted.length === maxClientsPerRound) {
      this.#startRound();
    }
    this.#counted.push(client);
    return true;
  }

  #startRound(): void {
    this.#counted = [];
    this.#waiting = [];
  }
}
