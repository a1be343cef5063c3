import type {
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import type { SharedBuffer } from '../buffers/shared-buffer';
import { ResponseTap } from '../response/response-tap';
import { reportFailure } from '../util/diagnostics';
import type { Next } from '../util/middleware';
import { parseOptions } from '../util/options';
import { cacheRules, type ResponseCacheOptions } from './cache-options';
import { systemRuntime, type CacheRuntime } from './cache-runtime';
import { newCounters, type CacheStats } from './cache-stats';
import { FlightTable } from './flight-table';
import { addressOf } from './request-key';
import { RequestHandler } from './request-handler';
import { ResponseCapture, type CaptureInit, type CaptureOwner } from './response-capture';
import { ResponseStore } from './response-store';
import { Revalidations } from './revalidations';
import { revalidated } from './revalidated';
import type { StoredResponse } from './stored-response';
import { varyKey } from './vary';

/** A stored response, for whoever wants to send or announce it. */
export interface CachedResponse {
  readonly status: number;
  /** By lower-case name, without `Age` and `Cache-Status`. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Call `retain()` before you keep it past the current turn of the event loop. */
  readonly body: SharedBuffer;
  readonly isFresh: boolean;
  readonly ageSeconds: number;
}

/** Methods that change nothing (RFC 9110 section 9.2.1 and the IANA registry). */
const safeMethods = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PROPFIND',
  'QUERY',
  'REPORT',
  'SEARCH',
  'TRACE',
]);

/**
 * A shared cache by RFC 9111 in front of an app: stores what responses allow, answers from it,
 * and asks the app again when it must.
 */
export class SharedCache implements CaptureOwner {
  readonly clock: () => number;
  readonly maxEntryBytes: number;
  readonly #counters = newCounters();
  readonly #store: ResponseStore;
  readonly #flights: FlightTable;
  readonly #revalidations: Revalidations;
  readonly #handler: RequestHandler;
  /** Responses under way that may be stored. */
  readonly #captures = new Set<ResponseCapture>();

  constructor(options?: ResponseCacheOptions, runtime: CacheRuntime = systemRuntime) {
    const given = parseOptions('responseCache', options, cacheRules);
    this.clock = runtime.clock;
    this.maxEntryBytes = given.maxEntryBytes;
    this.#store = new ResponseStore(given.maxBytes, () => this.#counters.evicted++);
    this.#flights = new FlightTable(runtime);
    this.#revalidations = new Revalidations(runtime, given.revalidateMs);
    this.#handler = new RequestHandler({
      store: this.#store,
      flights: this.#flights,
      revalidations: this.#revalidations,
      runtime,
      maxWaitMs: given.maxWaitMs,
      hasStatus: given.cacheStatus,
      counters: this.#counters,
      capture: (req, res, init) => this.#capture(req, res, init),
    });
  }

  get stats(): CacheStats {
    return { ...this.#counters, entries: this.#store.size, bytes: this.#store.bytes };
  }

  /** Handles a request before the app does: answers it, or calls `next`, now or later. */
  handle(req: IncomingMessage, res: ServerResponse, next: Next): void {
    const { method = 'GET' } = req;
    if (method === 'GET' || method === 'HEAD') {
      const assignment = this.#revalidations.assignmentOf(req);
      if (assignment === undefined) this.#handler.handle(req, res, next);
      else this.#handler.fulfil(req, res, next, assignment);
      return;
    }
    if (!safeMethods.has(method)) this.#invalidateAfter(req, res);
    next();
  }

  /**
   * What is stored for a URL: a target such as `/app.css?v=2`, or `https://host/app.css`. Does not
   * count as a use.
   *
   * @param headers What the request would say, where responses vary by it; `host` where several
   * sites share the cache.
   */
  lookup(url: string, headers: IncomingHttpHeaders = {}): CachedResponse | undefined {
    const { target, host = headers.host } = parseUrl(url);
    for (const one of this.#store.ofUrl(target)) {
      if (host !== undefined && one.request.host !== host) continue;
      const { vary } = one.storable;
      const isSame = varyKey(vary, headers) === varyKey(vary, one.request.headers);
      if (isSame && one.mayAnswer(headers)) return show(one, this.clock());
    }
    return undefined;
  }

  /**
   * Deletes every variant of a URL: a target such as `/page?x=1`, of all hosts, or
   * `https://host/page` of one. Responses under way for it will not be stored.
   *
   * @returns How many stored responses that were.
   */
  purge(url: string): number {
    const { target, host } = parseUrl(url);
    return this.#purge(target, host);
  }

  /** Deletes every URL that begins with a prefix, such as `/blog/`. Looks at all that is stored. */
  purgePrefix(prefix: string): number {
    const { target, host } = parseUrl(prefix);
    const isMeant = isOfHost(host);
    this.#doom(({ key }) => key.url.startsWith(target) && isMeant(key));
    return this.#count(this.#store.purgePrefix(target, ({ request }) => isMeant(request)));
  }

  /** Deletes every response that named a tag in its `Cache-Tag` header. */
  purgeTag(tag: string): number {
    // Those that have no head yet might name it.
    this.#doom((capture) => capture.mayHaveTag(tag));
    return this.#count(this.#store.purgeTag(tag));
  }

  /** Deletes everything. */
  clear(): void {
    this.#doom(() => true);
    this.#count(this.#store.size);
    this.#store.clear();
  }

  /** @internal */
  judged({ flightKey }: ResponseCapture, isStorable: boolean): void {
    this.#flights.note(flightKey, isStorable);
  }

  /** @internal */
  store(response: StoredResponse): boolean {
    const isStored = this.#store.add(response);
    if (isStored) this.#counters.stored++;
    else response.body.release();
    return isStored;
  }

  /** @internal */
  refresh(stored: StoredResponse, headers: OutgoingHttpHeaders): boolean {
    const renewed = revalidated(stored, headers, this.clock);
    if (renewed === undefined) {
      this.#store.delete(stored);
      return false;
    }
    this.#counters.revalidated++;
    if (this.#store.add(renewed)) return true;
    renewed.body.release();
    return false;
  }

  /** @internal */
  drop(stored: StoredResponse): void {
    this.#store.delete(stored);
  }

  /** @internal */
  over(capture: ResponseCapture): void {
    this.#captures.delete(capture);
  }

  #capture(req: IncomingMessage, res: ServerResponse, init: CaptureInit): void {
    try {
      const capture = new ResponseCapture(this, req, res, init);
      this.#captures.add(capture);
      capture.start();
    } catch (error) {
      init.flight?.settle('uncacheable');
      reportFailure('responseCache', error);
    }
  }

  /** RFC 9111 section 4.4: once the app has changed something, what is stored of it is not true any more. */
  #invalidateAfter(req: IncomingMessage, res: ServerResponse): void {
    ResponseTap.of(res).onHeaders(() => {
      if (res.statusCode < 200 || res.statusCode >= 400) return;
      const { url, host } = addressOf(req);
      this.#purge(url, host);
      for (const name of ['location', 'content-location']) {
        const place = res.getHeader(name);
        if (place !== undefined) this.#purgePlace(String(place), url, host);
      }
    });
  }

  /** Only of the same host: nobody may purge what belongs to others. */
  #purgePlace(place: string, url: string, host: string): void {
    const base = `http://${host}`;
    if (!URL.canParse(place, base + url)) return;
    const found = new URL(place, base + url);
    if (found.host === new URL(base).host) this.#purge(found.pathname + found.search, host);
  }

  #purge(target: string, host: string | undefined): number {
    const isMeant = isOfHost(host);
    this.#doom(({ key }) => key.url === target && isMeant(key));
    return this.#count(this.#store.purge(target, ({ request }) => isMeant(request)));
  }

  #doom(isMeant: (capture: ResponseCapture) => boolean): void {
    for (const capture of this.#captures) if (isMeant(capture)) capture.doom();
  }

  #count(purged: number): number {
    this.#counters.purged += purged;
    return purged;
  }
}

function isOfHost(host: string | undefined): (one: { readonly host: string }) => boolean {
  return (one) => host === undefined || one.host === host;
}

/** An absolute URL names a host; a target alone means every one. */
function parseUrl(url: string): { target: string; host?: string } {
  const [, host, target] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  return host === undefined ? { target: url } : { target: target || '/', host };
}

function show(stored: StoredResponse, nowMs: number): CachedResponse {
  return {
    status: stored.status,
    headers: Object.fromEntries(stored.headers),
    body: stored.body,
    isFresh: stored.isFresh(nowMs),
    ageSeconds: Number(stored.age(nowMs)),
  };
}
