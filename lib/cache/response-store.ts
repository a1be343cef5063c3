import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { RequestKey } from './request-key';
import type { StoredResponse } from './stored-response';
import { varyKey } from './vary';

/** Ways in which responses of one URL vary; the oldest goes when there is one more. */
const maxShapes = 4;

/** Requests that accept other encodings and share one response. More are answered by the app. */
const maxAliases = 64;

/** Responses of one URL that vary by the same headers, by what requests said in those. */
interface Shape {
  readonly vary: readonly string[];
  readonly responses: Map<string, StoredResponse>;
}

/** Every stored response of one URL. */
type Resource = Shape[];

/**
 * Stored responses by URL and by what their `Vary` names, within a limit of bytes: what was used
 * least recently goes first.
 *
 * ```
 * url ── shape (vary: accept-encoding) ── key of a request ─┐
 *     │                                ── key of a request ─┴─ response (br)
 *     └─ shape (vary: nothing) ── key of a request ─────────── response
 * ```
 */
export class ResponseStore {
  readonly #resources = new Map<string, Resource>();
  readonly #tags = new Map<string, Set<StoredResponse>>();
  readonly #recent: LRUCache<StoredResponse, StoredResponse>;
  readonly #maxBytes: number;

  /** @param onEvicted Called for each response that is put out to make room. */
  constructor(maxBytes: number, onEvicted: () => void) {
    this.#maxBytes = maxBytes;
    this.#recent = new LRUCache<StoredResponse, StoredResponse>({
      maxSize: maxBytes,
      sizeCalculation: (one) => one.bytes,
      dispose: (one, _key, reason) => {
        this.#forget(one);
        if (reason === 'evict') onEvicted();
      },
    });
  }

  get bytes(): number {
    return this.#recent.calculatedSize;
  }

  get size(): number {
    return this.#recent.size;
  }

  /** The response stored for a request; finding it counts as a use. */
  find({ url, scope }: RequestKey, headers: IncomingHttpHeaders): StoredResponse | undefined {
    const found = matching(this.#resources.get(url), scope, headers);
    return found === undefined ? undefined : this.#recent.get(found);
  }

  /** What requests for a URL are told apart by, as far as is known. */
  keyOf({ url, scope }: RequestKey, headers: IncomingHttpHeaders): string {
    const shape = this.#resources.get(url)?.[0];
    return `${url}\n${scope}${shape === undefined ? '' : varyKey(shape.vary, headers)}`;
  }

  /** Why nothing was found, in the words of RFC 9211. */
  missReason({ url }: RequestKey): 'uri-miss' | 'vary-miss' {
    return this.#resources.has(url) ? 'vary-miss' : 'uri-miss';
  }

  /** Every response of a URL. Does not count as a use. */
  *ofUrl(url: string): IterableIterator<StoredResponse> {
    for (const shape of this.#resources.get(url) ?? []) yield* new Set(shape.responses.values());
  }

  /** Stores a response in the place of what its request would have got. */
  add(response: StoredResponse): boolean {
    const { url, scope } = response.request;
    if (response.bytes > this.#maxBytes) return false;
    const { vary, varyKey: key } = response.storable;
    this.#deleteAll(this.#otherwiseVarying(response));
    const own = scope + key;
    const aliases = this.#takeAliases(response);
    const resource = this.#resources.get(url) ?? [];
    this.#resources.set(url, resource);
    const { responses } = shapeFor(resource, vary);
    const replaced = responses.get(own);
    for (const alias of [own, ...aliases]) responses.set(alias, response);
    if (replaced !== undefined && ![...responses.values()].includes(replaced))
      this.delete(replaced);
    for (const tag of response.tags) this.#tagged(tag).add(response);
    this.#recent.set(response, response);
    if (resource.length > maxShapes)
      this.#deleteAll([...(resource.at(-1)?.responses.values() ?? [])]);
    return true;
  }

  delete(response: StoredResponse): void {
    this.#recent.delete(response);
  }

  /** Deletes what `isMeant` says of one URL. @returns How many responses that were. */
  purge(url: string, isMeant: (one: StoredResponse) => boolean): number {
    return this.#deleteAll([...this.ofUrl(url)].filter(isMeant));
  }

  /** Looks at every URL. */
  purgePrefix(prefix: string, isMeant: (one: StoredResponse) => boolean): number {
    const urls = [...this.#resources.keys()].filter((url) => url.startsWith(prefix));
    return urls.reduce((purged, url) => purged + this.purge(url, isMeant), 0);
  }

  purgeTag(tag: string): number {
    return this.#deleteAll([...(this.#tags.get(tag) ?? [])]);
  }

  clear(): void {
    this.#recent.clear();
  }

  /** What the same request would have got while the URL varied by other headers. */
  #otherwiseVarying({ request, storable }: StoredResponse): StoredResponse[] {
    const { url, scope, headers } = request;
    const name = storable.vary.join();
    return (this.#resources.get(url) ?? [])
      .filter((shape) => shape.vary.join() !== name)
      .flatMap((shape) => shape.responses.get(scope + varyKey(shape.vary, headers)) ?? []);
  }

  /**
   * Requests that differ in nothing but the encodings they accept, and got the same one, share one
   * response, the newest.
   *
   * @returns Under which keys the one before was known.
   */
  #takeAliases(response: StoredResponse): readonly string[] {
    const { vary } = response.storable;
    if (!vary.includes('accept-encoding')) return [];
    const name = vary.join();
    const shape = this.#resources
      .get(response.request.url)
      ?.find((one) => one.vary.join() === name);
    if (shape === undefined) return [];
    const old = [...shape.responses.values()].find((one) => isSameButForRequest(one, response));
    if (old === undefined) return [];
    const aliases = [...shape.responses.keys()].filter((key) => shape.responses.get(key) === old);
    this.delete(old);
    return aliases.slice(0, maxAliases);
  }

  #tagged(tag: string): Set<StoredResponse> {
    const tagged = this.#tags.get(tag) ?? new Set();
    this.#tags.set(tag, tagged);
    return tagged;
  }

  #deleteAll(responses: readonly StoredResponse[]): number {
    const distinct = new Set(responses);
    for (const one of distinct) this.delete(one);
    return distinct.size;
  }

  /** The one place where a response leaves the tables, whatever made it go. */
  #forget(response: StoredResponse): void {
    response.body.release();
    for (const tag of response.tags) {
      const tagged = this.#tags.get(tag);
      tagged?.delete(response);
      if (tagged?.size === 0) this.#tags.delete(tag);
    }
    const { url } = response.request;
    const left: Resource = [];
    for (const shape of this.#resources.get(url) ?? []) {
      for (const [key, one] of shape.responses) if (one === response) shape.responses.delete(key);
      if (shape.responses.size > 0) left.push(shape);
    }
    if (left.length > 0) this.#resources.set(url, left);
    else this.#resources.delete(url);
  }
}

function matching(
  resource: Resource | undefined,
  scope: string,
  headers: IncomingHttpHeaders,
): StoredResponse | undefined {
  if (resource === undefined) return undefined;
  for (const { vary, responses } of resource) {
    const found = responses.get(vary.length === 0 ? scope : scope + varyKey(vary, headers));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The table of responses that vary by these headers, moved to the front. */
function shapeFor(resource: Resource, vary: readonly string[]): Shape {
  const name = vary.join();
  const at = resource.findIndex((one) => one.vary.join() === name);
  const [shape = { vary, responses: new Map<string, StoredResponse>() }] =
    at < 0 ? [] : resource.splice(at, 1);
  resource.unshift(shape);
  return shape;
}

function isSameButForRequest(one: StoredResponse, other: StoredResponse): boolean {
  if (one.storable.encoding !== other.storable.encoding) return false;
  if (one.request.scope !== other.request.scope) return false;
  const rest = other.storable.vary.filter((name) => name !== 'accept-encoding');
  return varyKey(rest, one.request.headers) === varyKey(rest, other.request.headers);
}
