import { reportFailure } from '../util/diagnostics';
import type { Clock } from './aging-cache';
import type { AuthSettings } from './auth-options';
import { credentialKey } from './credential-key';
import { jwtExpiryMs } from './jwt-expiry';
import { decodeRevocation, encodeRevocation } from './revocation';
import type { Revocation, RevocationRecord } from './revocation';
import { RevocationList } from './revocation-list';

type Settings = Pick<
  AuthSettings<object>,
  'clockToleranceMs' | 'maxRevocations' | 'revocationLog' | 'revocationMs'
>;

/** The revocations of this process, and of those that share its log. */
export class Revocations<User extends object> {
  /** Resolves when what the log held at the start is known, or cannot be had. */
  readonly ready: Promise<void>;
  readonly list: RevocationList<User>;
  readonly #settings: Settings;
  readonly #clock: Clock;

  constructor(settings: Settings, clock: Clock) {
    this.list = new RevocationList(settings.maxRevocations, clock);
    this.#settings = settings;
    this.#clock = clock;
    this.ready = this.#follow();
  }

  /** Whether nothing of other processes can be missing. */
  get isCurrent(): boolean {
    return this.#settings.revocationLog?.isCurrent !== false;
  }

  /**
   * Holds from the first moment. A function cannot travel: it holds in this process only.
   *
   * @returns When the log has it.
   * @throws HeadstartError `ERR_REVOCATIONS_FULL`, and whatever the log throws.
   */
  async add(revocation: Revocation<User>): Promise<void> {
    const issuedUntilMs = this.#clock() + this.#settings.clockToleranceMs;
    const untilMs = this.#clock() + this.#settings.revocationMs;
    if (typeof revocation === 'function') {
      this.list.addRule({ matches: revocation, issuedUntilMs, untilMs });
    } else if ('subject' in revocation) {
      await this.#share({ subject: revocation.subject, issuedUntilMs, untilMs });
    } else {
      await this.addToken(credentialKey(revocation.token), jwtExpiryMs(revocation.token));
    }
  }

  /** @param expiresAtMs When the credential expires, if that is known. */
  async addToken(token: string, expiresAtMs: number | undefined): Promise<void> {
    const { clockToleranceMs, revocationMs } = this.#settings;
    const untilMs =
      expiresAtMs === undefined ? this.#clock() + revocationMs : expiresAtMs + clockToleranceMs;
    await this.#share({ token, untilMs });
  }

  async #share(record: RevocationRecord): Promise<void> {
    this.list.add(record);
    await this.#settings.revocationLog?.append(encodeRevocation(record));
  }

  async #follow(): Promise<void> {
    try {
      await this.#settings.revocationLog?.follow((entry) => this.#learn(entry));
    } catch (error) {
      reportFailure('lazyAuth', error);
    }
  }

  #learn(entry: string): void {
    const record = decodeRevocation(entry);
    if (record === undefined || record.untilMs <= this.#clock()) return;
    try {
      this.list.add(record);
    } catch (error) {
      reportFailure('lazyAuth', error);
    }
  }
}
