/** Work that can be joined. More would let a verifier that hangs fill the memory. */
const maxFlights = 10_000;

/** Work under way by key, so that who wants the same waits for the same. */
export class Flights<T> {
  readonly #flights = new Map<string, Promise<T>>();

  get(key: string): Promise<T> | undefined {
    return this.#flights.get(key);
  }

  /** Lets others join `work` until it ends; beyond the limit it is done alone. */
  share(key: string, work: Promise<T>): Promise<T> {
    if (this.#flights.size >= maxFlights) return work;
    const land = () => {
      if (this.#flights.get(key) === work) this.#flights.delete(key);
    };
    this.#flights.set(key, work);
    work.then(land, land);
    return work;
  }

  /** Nobody joins what was started before. */
  clear(): void {
    this.#flights.clear();
  }
}
