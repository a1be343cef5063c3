import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthSession } from './auth-session';
import type { Authenticator } from './authenticator';
import { markPrivate } from './mark-private';
import type { RequestAuth } from './request-auth';
import type { Verdict } from './verdict';

/** Where a request keeps the {@link LazyRequestAuth} that was attached last. */
const kAuth = Symbol('headstart.auth');

interface AuthenticatedRequest extends IncomingMessage {
  [kAuth]?: LazyRequestAuth<object>;
}

export class LazyRequestAuth<User extends object> implements RequestAuth<User> {
  readonly #authenticator: Authenticator<User>;
  readonly #req: IncomingMessage;
  /** That of another `lazyAuth` on the same request. */
  readonly #outer: LazyRequestAuth<object> | undefined;
  #verdict: Verdict<User> | undefined;
  /** Where it is known, until somebody has looked. */
  #res: ServerResponse | undefined;

  private constructor(
    authenticator: Authenticator<User>,
    req: IncomingMessage,
    res: ServerResponse | undefined,
    outer: LazyRequestAuth<object> | undefined,
  ) {
    this.#authenticator = authenticator;
    this.#req = req;
    this.#res = res;
    this.#outer = outer;
  }

  /** The one that was attached last, by whichever `lazyAuth`. */
  static latest(req: IncomingMessage): LazyRequestAuth<object> | undefined {
    return (req as AuthenticatedRequest)[kAuth];
  }

  /** That of one `lazyAuth`; attached now unless it is there. */
  static attach<User extends object>(
    authenticator: Authenticator<User>,
    req: IncomingMessage & { [property: string]: unknown },
    res: ServerResponse | undefined,
  ): LazyRequestAuth<User> {
    const latest = LazyRequestAuth.latest(req);
    for (let one = latest; one !== undefined; one = one.#outer) {
      if (one.#authenticator === authenticator) return one as LazyRequestAuth<User>;
    }
    const attached = new LazyRequestAuth(authenticator, req, res, latest);
    (req as AuthenticatedRequest)[kAuth] = attached;
    req[authenticator.settings.property] = attached;
    return attached;
  }

  get authenticator(): Authenticator<User> {
    return this.#authenticator;
  }

  async user(): Promise<Readonly<User> | undefined> {
    return (await this.verdict()).session?.user;
  }

  async session(): Promise<AuthSession<User> | undefined> {
    return (await this.verdict()).session;
  }

  async revoke(): Promise<void> {
    const verdict = await this.verdict();
    if (verdict.session !== undefined) await this.#authenticator.revokeAccepted(verdict);
  }

  /** At once when it is known; throws or rejects when it cannot be had. */
  verdict(): Verdict<User> | Promise<Verdict<User>> {
    if (this.#res !== undefined) {
      markPrivate(this.#res);
      this.#res = undefined;
    }
    const known = this.#verdict;
    const isGood = known?.session === undefined || this.#authenticator.stands(known);
    if (known !== undefined && isGood) return known;
    const verdict = this.#authenticator.judge(this.#req);
    if (verdict instanceof Promise) return verdict.then((given) => (this.#verdict = given));
    this.#verdict = verdict;
    return verdict;
  }
}
