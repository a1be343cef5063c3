import type { IncomingMessage } from 'node:http';
import { HeadstartError } from '../util/errors';
import { AgingCache, type Clock } from './aging-cache';
import type { AuthSettings } from './auth-options';
import { isTimely, openSession } from './auth-session';
import { findCredential, type Credential } from './credential';
import { credentialKey } from './credential-key';
import { Flights } from './flights';
import type { Revocation } from './revocation';
import { Revocations } from './revocations';
import { reasonOf } from './token-error';
import type { Accepted, Refused, Verdict } from './verdict';
import { within } from './within';

/** What was done since the start, counted in requests that looked; and what is remembered. */
export interface AuthStats {
  /** Requests whose credential was remembered as good. */
  readonly hits: number;
  /** Requests whose credential was remembered as refused. */
  readonly refusedHits: number;
  /** Requests that waited for a verification that another had started. */
  readonly shared: number;
  /** Calls of `verify`. */
  readonly verifications: number;
  /** Credentials remembered as good. */
  readonly sessions: number;
  /** Credentials remembered as refused. */
  readonly refused: number;
  /** Revocations kept. */
  readonly revocations: number;
}

/**
 * Judges requests: whose credential is it, and is it good now? Good and bad ones are remembered
 * apart, so a flood of bad ones evicts no good one.
 */
export class Authenticator<User extends object> {
  readonly settings: AuthSettings<User>;
  readonly #clock: Clock;
  readonly #sessions: AgingCache<Accepted<User>>;
  readonly #refused: AgingCache<Refused>;
  readonly #flights = new Flights<Verdict<User>>();
  readonly #revocations: Revocations<User>;
  readonly #counts = { hits: 0, refusedHits: 0, shared: 0, verifications: 0 };
  #keyVersion: unknown;
  /** Grows with each `clear()`: what was verified with older keys is not remembered. */
  #generation = 0;

  constructor(settings: AuthSettings<User>, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
    this.#sessions = new AgingCache(settings.maxSessions, settings.ttlMs);
    this.#refused = new AgingCache(settings.maxRefused, settings.refusedTtlMs);
    this.#revocations = new Revocations(settings, clock);
    this.#keyVersion = settings.keyVersion?.();
  }

  get stats(): AuthStats {
    return {
      ...this.#counts,
      sessions: this.#sessions.size,
      refused: this.#refused.size,
      revocations: this.#revocations.list.size,
    };
  }

  /** The verdict; at once when it is remembered. Throws or rejects when it cannot be had. */
  judge(req: IncomingMessage): Verdict<User> | Promise<Verdict<User>> {
    const credential = findCredential(this.settings, req);
    if (credential === undefined) return { name: 'missing' };
    this.#forgetOldKeys();
    if (this.settings.withoutLog === 'refuse' && !this.#revocations.isCurrent) {
      return this.#judgeWhenCurrent(credential, req);
    }
    return this.#judge(credential, req);
  }

  /** Whether a verdict still holds: not revoked, not expired. */
  stands({ session, tokenKey }: Accepted<User>): boolean {
    return (
      isTimely(session, this.#clock(), this.settings.clockToleranceMs) &&
      !this.#revocations.list.covers(session, tokenKey)
    );
  }

  /** Holds from the call on; resolves when the log has it. */
  revoke(revocation: Revocation<User>): Promise<void> {
    return this.#revocations.add(revocation);
  }

  revokeAccepted({ session, tokenKey }: Accepted<User>): Promise<void> {
    return this.#revocations.addToken(tokenKey, session.expiresAtMs);
  }

  /** Forgets verdicts, not revocations. */
  clear(): void {
    this.#generation++;
    this.#sessions.clear();
    this.#refused.clear();
    this.#flights.clear();
  }

  #forgetOldKeys(): void {
    const version = this.settings.keyVersion?.();
    if (Object.is(version, this.#keyVersion)) return;
    this.#keyVersion = version;
    this.clear();
  }

  async #judgeWhenCurrent(
    credential: Credential<User>,
    req: IncomingMessage,
  ): Promise<Verdict<User>> {
    await this.#revocations.ready;
    if (this.#revocations.isCurrent) return this.#judge(credential, req);
    throw unavailable('revocations of other processes may be missing');
  }

  #judge(
    credential: Credential<User>,
    req: IncomingMessage,
  ): Verdict<User> | Promise<Verdict<User>> {
    const remembered = this.#remembered(credential);
    if (remembered !== undefined) return remembered;
    const { scheme } = credential.scheme;
    const isWellFormed = credential.text !== '' && scheme.accepts?.(credential.text) !== false;
    if (!isWellFormed) return { name: 'malformed', scheme: scheme.name };
    const underWay = this.#flights.get(credential.key);
    if (underWay === undefined) {
      return this.#flights.share(credential.key, this.#verify(credential, req));
    }
    this.#counts.shared++;
    return underWay;
  }

  #remembered({ key, scheme }: Credential<User>): Verdict<User> | undefined {
    const nowMs = this.#clock();
    const accepted = this.#sessions.get(key, nowMs);
    if (accepted !== undefined) {
      this.#counts.hits++;
      if (this.stands(accepted)) return accepted;
      this.#sessions.delete(key);
      return invalid(scheme.scheme.name);
    }
    const refused = this.#refused.get(key, nowMs);
    if (refused !== undefined) this.#counts.refusedHits++;
    return refused;
  }

  async #verify(credential: Credential<User>, req: IncomingMessage): Promise<Verdict<User>> {
    const generation = this.#generation;
    const tokenKey = credentialKey(credential.text);
    await this.#revocations.ready;
    const asked = this.#revocations.list.hasToken(tokenKey)
      ? invalid(credential.scheme.scheme.name)
      : await this.#ask(credential, tokenKey, req);
    // Asked again: it may have been revoked while it was being verified.
    const verdict =
      asked.session === undefined || this.stands(asked) ? asked : invalid(asked.session.scheme);
    if (generation === this.#generation) this.#remember(credential.key, verdict);
    return verdict;
  }

  #remember(key: string, verdict: Verdict<User>): void {
    if (verdict.session === undefined) this.#refused.set(key, verdict, this.#clock());
    else this.#sessions.set(key, verdict, this.#clock());
  }

  async #ask(
    { text, scheme }: Credential<User>,
    tokenKey: string,
    req: IncomingMessage,
  ): Promise<Verdict<User>> {
    const { name } = scheme.scheme;
    this.#counts.verifications++;
    try {
      const work = scheme.verify(text, req);
      const user = await within(this.settings.verifyTimeoutMs, work, () =>
        unavailable('verify took longer than verifyTimeoutMs'),
      );
      const session = isUser(user) ? openSession(user, name) : undefined;
      return session === undefined ? invalid(name) : { session, tokenKey };
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      return invalid(name, reason);
    }
  }
}

function invalid(scheme: string, reason?: string): Refused {
  return reason === undefined ? { name: 'invalid', scheme } : { name: 'invalid', scheme, reason };
}

function isUser<User extends object>(verified: User | undefined | null | false): verified is User {
  return typeof verified === 'object' && verified !== null;
}

function unavailable(why: string): HeadstartError {
  return new HeadstartError('ERR_AUTH_UNAVAILABLE', why);
}
