import type { ServerResponse } from 'node:http';
import { PartitionKeys } from './partition-keys';
import type { RateLimitInfo } from './rate-limit-info';

/** Versions of draft-ietf-httpapi-ratelimit-headers. */
export const headerDrafts = ['draft-6', 'draft-7', 'draft-8'] as const;

export type HeaderDraft = (typeof headerDrafts)[number];

/** Which headers tell of the quota. */
export interface HeaderChoice {
  readonly draft: HeaderDraft | undefined;
  readonly hasLegacyHeaders: boolean;
  readonly windowMs: number;
}

const secondsBy = [
  ['sec', 1],
  ['min', 60],
  ['hr', 3600],
  ['day', 86_400],
] as const;

/** Whole seconds until hits are given back; the window where the store does not say. */
export function secondsToReset(info: RateLimitInfo, windowMs: number, nowMs: number): number {
  if (info.resetTime === undefined) return Math.ceil(windowMs / 1000);
  return Math.max(0, Math.ceil((info.resetTime.getTime() - nowMs) / 1000));
}

/** Tells clients of their quota, in the headers of one limiter. */
export class RateLimitHeaders {
  readonly #choice: HeaderChoice;
  readonly #windowSeconds: number;
  readonly #partitionKeys = new PartitionKeys();
  /** What depends on the limit alone; it hardly ever changes. */
  #limit = NaN;
  #limitText = '';
  #policyName = '';

  constructor(choice: HeaderChoice) {
    this.#choice = choice;
    this.#windowSeconds = Math.ceil(choice.windowMs / 1000);
  }

  /**
   * Sets the headers that were chosen.
   *
   * @param name Of the policy, for draft 8. @default such as `100-in-15min`
   */
  set(res: ServerResponse, info: RateLimitInfo, resetSeconds: number, name?: string): void {
    if (info.limit !== this.#limit) this.#prepare(info.limit);
    const { hasLegacyHeaders, draft } = this.#choice;
    if (hasLegacyHeaders) this.#setLegacy(res, info);
    if (draft === 'draft-8') this.#appendPolicy(res, info, resetSeconds, name ?? this.#policyName);
    else if (draft !== undefined) this.#setDraft(draft, res, info, resetSeconds);
  }

  #prepare(limit: number): void {
    this.#limit = limit;
    this.#limitText = String(limit);
    this.#policyName = policyName(limit, this.#choice.windowMs);
  }

  /** The `X-RateLimit-*` headers that came before all drafts. */
  #setLegacy(res: ServerResponse, { remaining, resetTime }: RateLimitInfo): void {
    res.setHeader('X-RateLimit-Limit', this.#limitText);
    res.setHeader('X-RateLimit-Remaining', String(remaining));
    if (resetTime === undefined) return;
    res.setHeader('X-RateLimit-Reset', String(Math.ceil(resetTime.getTime() / 1000)));
  }

  /** One pair of headers for each limiter that the request passes. */
  #appendPolicy(
    res: ServerResponse,
    { remaining, key }: RateLimitInfo,
    resetSeconds: number,
    name: string,
  ): void {
    const quota = `q=${this.#limitText}; w=${this.#windowSeconds}`;
    append(res, 'RateLimit-Policy', `"${name}"; ${quota}; pk=:${this.#partitionKeys.of(key)}:`);
    append(res, 'RateLimit', `"${name}"; r=${remaining}; t=${resetSeconds}`);
  }

  #setDraft(
    draft: Exclude<HeaderDraft, 'draft-8'>,
    res: ServerResponse,
    { remaining }: RateLimitInfo,
    resetSeconds: number,
  ): void {
    const limit = this.#limitText;
    res.setHeader('RateLimit-Policy', `${limit};w=${this.#windowSeconds}`);
    if (draft === 'draft-7') {
      res.setHeader('RateLimit', `limit=${limit}, remaining=${remaining}, reset=${resetSeconds}`);
      return;
    }
    res.setHeader('RateLimit-Limit', limit);
    res.setHeader('RateLimit-Remaining', String(remaining));
    res.setHeader('RateLimit-Reset', String(resetSeconds));
  }
}

/** `appendHeader`, at less than half of its cost where the header is new: it keeps a list of one. */
function append(res: ServerResponse, name: string, value: string): void {
  if (res.hasHeader(name)) res.appendHeader(name, value);
  else res.setHeader(name, value);
}

/** `100-in-15min`: what a policy is called that has no name. */
function policyName(limit: number, windowMs: number): string {
  const seconds = windowMs / 1000;
  const [unit, length] = secondsBy.findLast(([, one]) => seconds >= one) ?? secondsBy[0];
  const count = seconds / length;
  const isPlural = count > 1 && (unit === 'hr' || unit === 'day');
  return `${limit}-in-${count}${unit}${isPlural ? 's' : ''}`;
}
