import { createHash } from 'node:crypto';

/** About 200 kB. */
const maxKeys = 1000;

/** Longer keys are not worth their memory. */
const maxKeyLength = 64;

/**
 * Names clients to themselves without telling who they are: 12 digits of a SHA-256, as express-rate-limit
 * does. Those of the last clients are kept, because to find one takes longer than to decide.
 */
export class PartitionKeys {
  readonly #names = new Map<string, string>();

  of(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(key).digest('hex').slice(0, 12);
    const name = Buffer.from(digest).toString('base64');
    if (this.#names.size >= maxKeys) this.#names.clear();
    // A copy, because a part of a string keeps the whole alive.
    if (key.length <= maxKeyLength) this.#names.set(Buffer.from(key).toString(), name);
    return name;
  }
}
