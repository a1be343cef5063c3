import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { SharedBuffer } from '../buffers/shared-buffer';
import { ResponseTap } from '../response/response-tap';
import { reportFailure } from '../util/diagnostics';
import { isProvisional } from '../util/provisional';
import { BodyCapture } from './body-capture';
import type { Flight, Outcome } from './flight';
import { lastingHeaders } from './lasting-headers';
import { asksForLess } from './request-directives';
import { addressHeaders, isEncrypted, type RequestKey } from './request-key';
import { addCacheStatus } from './send-stored';
import { judge, type Storable } from './storable-response';
import { StoredResponse, tagsOf, type StoredRequest } from './stored-response';

/** What a capture tells, and is told by, the cache it works for. */
export interface CaptureOwner {
  readonly maxEntryBytes: number;
  readonly clock: () => number;
  /** The head is known. */
  judged(capture: ResponseCapture, isStorable: boolean): void;
  /** @returns Whether it was stored. */
  store(response: StoredResponse): boolean;
  /** The app found `stored` still good. @returns Whether it may be kept. */
  refresh(stored: StoredResponse, headers: OutgoingHttpHeaders): boolean;
  /** The app does not stand by what is stored. */
  drop(stored: StoredResponse): void;
  /** The response is over, for the cache. */
  over(capture: ResponseCapture): void;
}

/** Why the app is asked. */
export interface CaptureInit {
  readonly key: RequestKey;
  /** Under which the flight is known; also of a request that nobody waits for. */
  readonly flightKey: string;
  readonly flight: Flight | undefined;
  /** What the app is asked to revalidate. */
  readonly stale?: StoredResponse | undefined;
  /** For `Cache-Status`; nothing is said without it. */
  readonly status?: string | undefined;
}

/** How long a body is kept that will soon be there in a better encoding. */
const provisionalMs = 10_000;

/** Of a response under way to a client, whether it may be stored, and its body. */
export class ResponseCapture {
  readonly key: RequestKey;
  readonly flightKey: string;
  readonly stale: StoredResponse | undefined;
  readonly #owner: CaptureOwner;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #flight: Flight | undefined;
  readonly #status: string | undefined;
  /** What middleware before the cache had set: it will do so again for each response. */
  readonly #outer: OutgoingHttpHeaders;
  #storable: Storable | undefined;
  #headers: OutgoingHttpHeaders = {};
  #length: string | undefined;
  #body: BodyCapture | undefined;
  #isDoomed = false;
  #isOver = false;

  constructor(owner: CaptureOwner, req: IncomingMessage, res: ServerResponse, init: CaptureInit) {
    this.key = init.key;
    this.flightKey = init.flightKey;
    this.stale = init.stale;
    this.#owner = owner;
    this.#req = req;
    this.#res = res;
    this.#flight = init.flight;
    this.#status = init.status;
    this.#outer = { ...res.getHeaders() };
  }

  start(): void {
    const tap = ResponseTap.of(this.#res);
    tap.onHeaders(() => this.#judge());
    // A transform that was there before changes what we store again for each client.
    const isTaken = tap.use(tap.has('transform') ? 'observe' : 'store', (sink) => {
      if (this.#isOver) return undefined;
      return (this.#body = new BodyCapture(sink, this.#owner.maxEntryBytes, {
        complete: (body) => this.#keep(body),
        lost: (why) => this.#finish(why === 'aborted' ? 'aborted' : 'uncacheable'),
      }));
    });
    this.#res.once('close', () => this.#closed());
    if (!isTaken) this.#finish('uncacheable');
  }

  /** Whether it names a tag, as far as is known. */
  mayHaveTag(tag: string): boolean {
    const named = this.#headers['cache-tag'];
    return (
      this.#storable === undefined || (named !== undefined && tagsOf(String(named)).includes(tag))
    );
  }

  /** What was known of the URL changed meanwhile: this response must not be stored. */
  doom(): void {
    this.#isDoomed = true;
  }

  #judge(): void {
    if (this.#isOver) return;
    const { statusCode: status } = this.#res;
    const headers = { ...this.#res.getHeaders() };
    if (this.stale !== undefined && status === 304) {
      const isKept = !this.#isDoomed && this.#owner.refresh(this.stale, this.#inner(headers));
      this.#finish(isKept ? 'stored' : 'uncacheable');
      return;
    }
    const storable = judge(this.#req.headers, { status, headers }, this.#owner.clock);
    this.#length = headers['content-length'] as string | undefined;
    const isFit = storable !== undefined && !(Number(this.#length) > this.#owner.maxEntryBytes);
    // A part, or a 304, does not tell what the whole would have been.
    if (isFit || !asksForLess(this.#req.headers)) this.#owner.judged(this, isFit);
    if (this.#status !== undefined) {
      addCacheStatus(this.#res, `${this.#status}${isFit ? '; stored' : ''}`);
    }
    if (!isFit) {
      if (status >= 500) {
        this.#finish('failed');
        return;
      }
      if (this.stale !== undefined) this.#owner.drop(this.stale);
      this.#finish('uncacheable');
      return;
    }
    this.#storable = storable;
    this.#headers = this.#inner(headers);
  }

  /** Without what middleware before the cache had set and nobody changed. */
  #inner(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
    const outer = this.#outer;
    const inner: OutgoingHttpHeaders = {};
    for (const [name, value] of Object.entries(headers)) {
      // Nonces in the body belong to the policy it came with.
      if (value === outer[name] && !name.startsWith('content-security-policy')) continue;
      // A copy: who comes later may add to the list, for this client only.
      inner[name] = Array.isArray(value) ? [...value] : value;
    }
    return inner;
  }

  /** The bytes have left: whatever fails here is no business of the app. */
  #keep(body: Buffer): void {
    try {
      this.#finish(this.#isWhole(body) && this.#store(body) ? 'stored' : 'uncacheable');
    } catch (error) {
      reportFailure('responseCache', error);
      this.#finish('uncacheable');
    }
  }

  #isWhole({ byteLength }: Buffer): boolean {
    return this.#length === undefined || Number(this.#length) === byteLength;
  }

  #store(body: Buffer): boolean {
    const storable = this.#storable;
    if (storable === undefined || this.#isDoomed) return false;
    const nowMs = this.#owner.clock();
    const { statusCode: status } = this.#res;
    const terms = { status, bodyBytes: body.byteLength, nowMs };
    return this.#owner.store(
      new StoredResponse({
        request: storedRequest(this.#req, this.key, storable),
        status,
        headers: lastingHeaders(this.#headers, storable, terms),
        body: SharedBuffer.from(body),
        storable,
        nowMs,
        keepUntilMs: isProvisional(this.#res) ? nowMs + provisionalMs : Infinity,
      }),
    );
  }

  /** Responses without a body have no stages, so their end shows only here. */
  #closed(): void {
    if (this.#isOver) return;
    const hasEnded = this.#res.writableEnded && this.#body === undefined;
    if (hasEnded && this.#res.statusCode === 204) this.#keep(Buffer.alloc(0));
    else this.#finish(hasEnded ? 'uncacheable' : 'aborted');
  }

  #finish(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#body?.stop();
    this.#owner.over(this);
    this.#flight?.settle(outcome);
  }
}

function storedRequest(req: IncomingMessage, key: RequestKey, storable: Storable): StoredRequest {
  const headers: Record<string, string> = {};
  for (const name of [...addressHeaders, 'forwarded', ...storable.vary]) {
    const value = req.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return { ...key, isEncrypted: isEncrypted(req), headers };
}
