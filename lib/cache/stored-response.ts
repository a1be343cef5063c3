import type { IncomingHttpHeaders } from 'node:http';
import type { SharedBuffer } from '../buffers/shared-buffer';
import { prepare, type HeaderList, type Prepared } from './prepared';
import { policyRequest, type Storable } from './storable-response';

/** The request that a response answered, as far as it may have mattered. */
export interface StoredRequest {
  readonly url: string;
  readonly host: string;
  /** What tells it apart from others for the same URL. */
  readonly scope: string;
  readonly isEncrypted: boolean;
  /** Headers that are a part of the key; no others are sent to revalidate. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What one response was when it was stored. */
export interface StoredInit {
  readonly request: StoredRequest;
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: SharedBuffer;
  readonly storable: Storable;
  readonly nowMs: number;
  /** When it is to be made anew, however fresh it is. @default never */
  readonly keepUntilMs?: number;
}

/** What a request may do with a stored response. */
export type Use = 'fresh' | 'stale' | 'stale-while-revalidate' | 'no';

/** What is counted for objects and tables around a stored response. */
const overheadBytes = 1024;

/** Headers that only come with the body they describe (RFC 9110 section 15.4.5). */
const aboutBody = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
]);

/** A stored response: one variant of one URL. */
export class StoredResponse {
  readonly request: StoredRequest;
  readonly status: number;
  readonly headers: HeaderList;
  readonly preparedHeaders: Prepared;
  readonly body: SharedBuffer;
  readonly storable: Storable;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly tags: readonly string[];
  /** What it takes of the limit. */
  readonly bytes: number;
  /** When it was or would have been made, by the cache's clock. */
  readonly bornMs: number;
  readonly keepUntilMs: number;
  readonly #lifetimeSeconds: number;
  #notModifiedHeaders: Prepared | undefined;
  #ageSeconds = -1;
  #age = '';
  #hitStatus = '';

  constructor({ request, status, headers, body, storable, nowMs, keepUntilMs }: StoredInit) {
    this.request = request;
    this.status = status;
    this.headers = headers;
    this.preparedHeaders = prepare(headers);
    this.body = body;
    this.storable = storable;
    this.etag = this.header('etag');
    this.lastModified = this.header('last-modified');
    this.tags = tagsOf(this.header('cache-tag'));
    this.bornMs = nowMs - storable.policy.age() * 1000;
    this.keepUntilMs = keepUntilMs ?? Infinity;
    this.#lifetimeSeconds = storable.policy.maxAge();
    this.bytes = sizeOf(this);
  }

  /** The headers of a 304 to a client that has it. */
  get notModifiedHeaders(): Prepared {
    return (this.#notModifiedHeaders ??= prepare(
      this.headers.filter(([name]) => !aboutBody.has(name)),
    ));
  }

  /** A header by its lower-case name. */
  header(name: string): string | undefined {
    const found = this.headers.find(([one]) => one === name)?.[1];
    return found === undefined ? undefined : String(found);
  }

  isFresh(nowMs: number): boolean {
    return nowMs - this.bornMs < this.#lifetimeSeconds * 1000;
  }

  /** Whether the app has something better by now. */
  isOutdone(nowMs: number): boolean {
    return nowMs >= this.keepUntilMs;
  }

  /** Whether it may answer a client at all, be it fresh or not. */
  mayAnswer(headers: IncomingHttpHeaders): boolean {
    const { isForAll, isForOrigins, vary } = this.storable;
    if (!isForOrigins && headers.origin !== undefined && !vary.includes('origin')) return false;
    if (isForAll) return true;
    return (
      headers.authorization === undefined &&
      (headers.cookie === undefined || vary.includes('cookie'))
    );
  }

  /** What a request with directives of its own may do (RFC 9111 section 5.2.1). */
  useFor(headers: IncomingHttpHeaders, nowMs: number): Use {
    const request = { method: 'GET', headers: policyRequest(headers) };
    const { response, revalidation } = this.storable.policy.evaluateRequest(request);
    if (response === undefined) return 'no';
    if (this.isFresh(nowMs)) return 'fresh';
    if (this.storable.mustRevalidate) return 'no';
    return revalidation === undefined ? 'stale' : 'stale-while-revalidate';
  }

  /** Whether it may stand in for an app that failed (RFC 5861 section 4). */
  mayReplaceErrors(): boolean {
    const { policy, mustRevalidate } = this.storable;
    if (mustRevalidate) return false;
    const failed = { status: 500, headers: {} };
    return policy.revalidatedPolicy({ headers: {} }, failed).policy === policy;
  }

  /** `Age` at a time, in seconds. */
  age(nowMs: number): string {
    this.#count(nowMs);
    return this.#age;
  }

  /** What `Cache-Status` says of it at a time: the seconds that are left, fewer than none once it is stale. */
  hitStatus(nowMs: number): string {
    this.#count(nowMs);
    return this.#hitStatus;
  }

  /** Both change once a second only. */
  #count(nowMs: number): void {
    const seconds = Math.max(0, Math.floor((nowMs - this.bornMs) / 1000));
    if (seconds === this.#ageSeconds) return;
    this.#ageSeconds = seconds;
    this.#age = String(seconds);
    this.#hitStatus = `headstart; hit; ttl=${Math.floor(this.#lifetimeSeconds) - seconds}`;
  }
}

/** Longest list of tags that is read. */
const maxTags = 64;

/** What a `Cache-Tag` header lists. */
export function tagsOf(field: string | undefined): readonly string[] {
  if (field === undefined) return [];
  const tags = field.split(',').map((tag) => tag.trim());
  return [...new Set(tags)].filter((tag) => tag !== '').slice(0, maxTags);
}

function sizeOf({ request, headers, body }: StoredResponse): number {
  let units = request.url.length + request.host.length + request.scope.length;
  for (const [name, value] of headers) units += name.length + String(value).length;
  for (const value of Object.values(request.headers)) units += value.length;
  return overheadBytes + 2 * units + body.byteLength;
}
