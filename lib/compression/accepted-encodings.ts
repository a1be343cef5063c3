import Negotiator from 'negotiator';
import { BoundedMap } from '../util/bounded-map';

/** Browsers send a handful of values; longer ones are not worth keeping. */
const maxKeptLength = 200;

const maxKept = 256;

/** The types of negotiator are of a version without preferences of the server. */
interface Preferring {
  encodings(
    available: readonly string[],
    options: { readonly preferred: readonly string[] },
  ): readonly string[];
}

/**
 * Which encodings a client accepts, best first, by RFC 9110 section 12.5.3: weights of the client
 * decide, then the order of the server. What the client wants less than no encoding is left out.
 */
export class AcceptedEncodings<E extends string> {
  readonly #order: readonly E[];
  readonly #available: string[];
  readonly #kept = new BoundedMap<readonly E[]>(maxKept);

  /** @param order What the server can make, best first. */
  constructor(order: readonly E[]) {
    this.#order = order;
    this.#available = [...order, 'identity'];
  }

  /** @param field The request's `Accept-Encoding`. */
  of(field: string): readonly E[] {
    if (field.length > maxKeptLength) return this.#negotiate(field);
    return this.#kept.use(field, () => this.#negotiate(field));
  }

  #negotiate(field: string): readonly E[] {
    const negotiator = new Negotiator({ headers: { 'accept-encoding': field } }) as Preferring;
    const accepted = negotiator.encodings(this.#available, { preferred: this.#order });
    const identity = accepted.indexOf('identity');
    return (identity < 0 ? accepted : accepted.slice(0, identity)) as E[];
  }
}
