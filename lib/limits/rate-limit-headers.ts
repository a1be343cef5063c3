import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RateLimitInfo } from './rate-limit-info';

/** Versions of draft-ietf-httpapi-ratelimit-headers. */
export const headerDrafts = ['draft-6', 'draft-7', 'draft-8'] as const;

export type HeaderDraft = (typeof headerDrafts)[number];

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

/** The `X-RateLimit-*` headers that came before all drafts. */
export function setLegacyHeaders(res: ServerResponse, info: RateLimitInfo): void {
  res.setHeader('X-RateLimit-Limit', String(info.limit));
  res.setHeader('X-RateLimit-Remaining', String(info.remaining));
  if (info.resetTime === undefined) return;
  res.setHeader('X-RateLimit-Reset', String(Math.ceil(info.resetTime.getTime() / 1000)));
}

/**
 * The headers of a draft, all with the same content: the policy, what is left of it and for how long.
 *
 * @param name Of the policy, for draft 8.
 */
export function setDraftHeaders(
  draft: HeaderDraft,
  res: ServerResponse,
  info: RateLimitInfo,
  windowMs: number,
  resetSeconds: number,
  name: string,
): void {
  const { limit, remaining } = info;
  const windowSeconds = Math.ceil(windowMs / 1000);
  if (draft === 'draft-8') {
    const policy = `q=${limit}; w=${windowSeconds}; pk=:${partitionKey(info.key)}:`;
    // One pair of headers for each limiter that the request passes.
    res.appendHeader('RateLimit-Policy', `"${name}"; ${policy}`);
    res.appendHeader('RateLimit', `"${name}"; r=${remaining}; t=${resetSeconds}`);
    return;
  }
  res.setHeader('RateLimit-Policy', `${limit};w=${windowSeconds}`);
  if (draft === 'draft-7') {
    res.setHeader('RateLimit', `limit=${limit}, remaining=${remaining}, reset=${resetSeconds}`);
    return;
  }
  res.setHeader('RateLimit-Limit', String(limit));
  res.setHeader('RateLimit-Remaining', String(remaining));
  res.setHeader('RateLimit-Reset', String(resetSeconds));
}

/** `100-in-15min`: what a policy is called that has no name. */
export function policyName(limit: number, windowMs: number): string {
  const seconds = windowMs / 1000;
  const [unit, length] = secondsBy.findLast(([, one]) => seconds >= one) ?? secondsBy[0];
  const count = seconds / length;
  const isPlural = count > 1 && (unit === 'hr' || unit === 'day');
  return `${limit}-in-${count}${unit}${isPlural ? 's' : ''}`;
}

/** Names the client to itself without telling who it is: 12 digits of a hash, as express-rate-limit does. */
function partitionKey(key: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return Buffer.from(digest).toString('base64');
}
