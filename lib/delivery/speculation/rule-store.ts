import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BoundedMap } from '../../util/bounded-map';

/** Pages of one route often share their rules; 2000 sets of 1 kB are 2 MB. */
const maxSets = 2000;
const maxTokens = 4096;

/** Bytes of a digest that go into the address: 96 bits are no accident. */
const digestBytes = 12;

const address = /^([\w-]{16})\.json$/;

/**
 * Serves sets of speculation rules under addresses made of their content, so that they never change
 * and are cached for a year. A set that was dropped, or is of another process, is an empty one:
 * browsers complain of a 404.
 *
 * To a page that was fetched ahead its set is given with a token of its own: the browser asks for
 * the set when the visitor gets to see the page, and by the token that is known here.
 */
export class RuleStore {
  readonly #root: string;
  readonly #sets = new BoundedMap<string>(maxSets);
  readonly #shown = new BoundedMap<() => void>(maxTokens);

  /** @param root Path of the folder, with a slash at its end. */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The address of a set.
   *
   * @param onShown Called when the page that the set was given to is shown; for pages fetched ahead.
   */
  put(set: string, onShown?: () => void): string {
    const digest = createHash('sha256').update(set).digest().toString('base64url', 0, digestBytes);
    this.#sets.use(digest, () => set);
    const url = `${this.#root}${digest}.json`;
    if (onShown === undefined) return url;
    const token = randomBytes(digestBytes).toString('base64url');
    this.#shown.use(token, () => onShown);
    return `${url}?shown=${token}`;
  }

  /** Answers a request for a set. @returns Whether it was one. */
  answer(req: IncomingMessage, res: ServerResponse, path: string, query: string): boolean {
    if (!path.startsWith(this.#root)) return false;
    const digest = address.exec(path.slice(this.#root.length))?.[1];
    if (digest === undefined) return false;
    const set = this.#sets.peek(digest);
    const isKept = set !== undefined && query === '';
    if (query.startsWith('?shown=') && req.headers['sec-purpose'] === undefined) {
      const token = query.slice('?shown='.length);
      const onShown = this.#shown.peek(token);
      this.#shown.delete(token);
      onShown?.();
    }
    res.setHeader('Content-Type', 'application/speculationrules+json');
    res.setHeader('Cache-Control', isKept ? 'public, max-age=31536000, immutable' : 'no-store');
    res.end(set ?? '{}');
    return true;
  }
}
