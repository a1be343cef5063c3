import { HeadstartError } from '../util/errors';
import type { Clock } from './aging-cache';
import type { AuthSession } from './auth-session';
import type { RevocationRecord } from './revocation';

interface Rule<User extends object> {
  matches(session: AuthSession<User>): boolean;
  readonly issuedUntilMs: number;
  readonly untilMs: number;
}

interface SubjectEntry {
  readonly issuedUntilMs: number;
  readonly untilMs: number;
}

/**
 * What is refused although it would verify. Every verdict asks here, a remembered one as well as
 * one that has just been verified, so a revocation holds from the next line of code on, also for a
 * verification that is under way.
 */
export class RevocationList<User extends object> {
  readonly #tokens = new Map<string, number>();
  readonly #subjects = new Map<string, SubjectEntry>();
  #rules: readonly Rule<User>[] = [];
  readonly #maxEntries: number;
  readonly #clock: Clock;

  constructor(maxEntries: number, clock: Clock) {
    this.#maxEntries = maxEntries;
    this.#clock = clock;
  }

  get size(): number {
    return this.#tokens.size + this.#subjects.size + this.#rules.length;
  }

  /** @throws HeadstartError `ERR_REVOCATIONS_FULL`: to forget an older one would let somebody in. */
  add(record: RevocationRecord): void {
    const isToken = 'token' in record;
    if (isToken ? !this.#tokens.has(record.token) : !this.#subjects.has(record.subject)) {
      this.#makeRoom();
    }
    if (isToken) {
      const known = this.#tokens.get(record.token) ?? 0;
      this.#tokens.set(record.token, Math.max(known, record.untilMs));
    } else this.#addSubject(record.subject, record);
  }

  /** @throws HeadstartError `ERR_REVOCATIONS_FULL`. */
  addRule(rule: Rule<User>): void {
    this.#makeRoom();
    this.#rules = [...this.#rules, rule];
  }

  hasToken(tokenKey: string): boolean {
    const untilMs = this.#tokens.get(tokenKey);
    return untilMs !== undefined && this.#clock() < untilMs;
  }

  /** Whether a session with this credential is refused. */
  covers(session: AuthSession<User>, tokenKey: string): boolean {
    if (this.#tokens.size > 0 && this.hasToken(tokenKey)) return true;
    return this.#coversSubject(session) || this.#coversByRule(session);
  }

  #coversSubject(session: AuthSession<User>): boolean {
    if (this.#subjects.size === 0 || session.subject === undefined) return false;
    const entry = this.#subjects.get(session.subject);
    return entry !== undefined && this.#clock() < entry.untilMs && isIssuedUntil(session, entry);
  }

  #coversByRule(session: AuthSession<User>): boolean {
    if (this.#rules.length === 0) return false;
    const nowMs = this.#clock();
    return this.#rules.some(
      (rule) => nowMs < rule.untilMs && isIssuedUntil(session, rule) && rule.matches(session),
    );
  }

  /** Two processes may tell of the same subject in any order. */
  #addSubject(subject: string, entry: SubjectEntry): void {
    const known = this.#subjects.get(subject);
    this.#subjects.set(subject, {
      issuedUntilMs: Math.max(known?.issuedUntilMs ?? 0, entry.issuedUntilMs),
      untilMs: Math.max(known?.untilMs ?? 0, entry.untilMs),
    });
  }

  #makeRoom(): void {
    if (this.size < this.#maxEntries) return;
    const nowMs = this.#clock();
    for (const [key, untilMs] of this.#tokens) if (untilMs <= nowMs) this.#tokens.delete(key);
    for (const [key, { untilMs }] of this.#subjects) {
      if (untilMs <= nowMs) this.#subjects.delete(key);
    }
    this.#rules = this.#rules.filter(({ untilMs }) => untilMs > nowMs);
    if (this.size < this.#maxEntries) return;
    throw new HeadstartError(
      'ERR_REVOCATIONS_FULL',
      `${this.size} revocations are in force, as many as maxRevocations allows`,
    );
  }
}

/**
 * What was issued later is a new login. `iat` mostly counts whole seconds, so a token of the same
 * second counts as older, and one without `iat` always.
 */
function isIssuedUntil(
  session: AuthSession,
  { issuedUntilMs }: { issuedUntilMs: number },
): boolean {
  return session.issuedAtMs === undefined || session.issuedAtMs <= issuedUntilMs;
}
