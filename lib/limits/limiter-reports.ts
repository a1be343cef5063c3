import { reportFailure } from '../util/diagnostics';
import { limiterChecks } from './limiter-options';
import type { LimiterCheck, RateLimiterOptions } from './limiter-options';

/** Tells of what is wrong but stops no request. Each warning is given once. */
export class LimiterReports {
  readonly #open = new Set<LimiterCheck>();
  readonly #logger: RateLimiterOptions['logger'];

  constructor({ validate = true, logger }: Pick<RateLimiterOptions, 'validate' | 'logger'>) {
    this.#logger = logger;
    const enabled = typeof validate === 'boolean' ? { default: validate } : validate;
    for (const check of limiterChecks) {
      if (enabled[check] ?? enabled.default ?? true) this.#open.add(check);
    }
  }

  /** Whether a warning is enabled and has not been given yet. */
  isOpen(check: LimiterCheck): boolean {
    return this.#open.has(check);
  }

  /** Gives a warning, unless it is off or was given. `code` tells it from others, in docs and handlers. */
  warn(check: LimiterCheck, code: string, message: string): void {
    if (!this.#open.delete(check)) return;
    const text = `rateLimiter: ${message}`;
    if (this.#logger === undefined) process.emitWarning(text, { type: 'HeadstartWarning', code });
    else this.#logger.warn(Object.assign(new Error(text), { code }));
  }

  /** Tells of an error that the limiter lives with. */
  failure(error: unknown, message: string): void {
    if (this.#logger === undefined) reportFailure('rateLimiter', error);
    else this.#logger.error(error, message);
  }
}
