/** What a request is told about its quota, at `req.rateLimit`. */
export class RateLimitInfo {
  readonly limit: number;
  /** Hits that count, with those of this request; more than `limit` when it was refused. */
  readonly used: number;
  readonly remaining: number;
  /** When hits are given back; after a refusal, when the same request would be admitted. */
  readonly resetTime: Date | undefined;
  /** Whom the quota belongs to. */
  readonly key: string;

  constructor(
    limit: number,
    used: number,
    remaining: number,
    resetTime: Date | undefined,
    key: string,
  ) {
    this.limit = limit;
    this.used = used;
    this.remaining = remaining;
    this.resetTime = resetTime;
    this.key = key;
  }

  /** The older name of `used`. */
  get current(): number {
    return this.used;
  }
}
