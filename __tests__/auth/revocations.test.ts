import { parseAuthOptions } from '../../lib/auth/auth-options';
import type { SharedLog } from '../../lib/auth/auth-options';
import { openSession } from '../../lib/auth/auth-session';
import { credentialKey } from '../../lib/auth/credential-key';
import { Revocations } from '../../lib/auth/revocations';
import { collectFailures } from '../support/failures';

const nowMs = 1_000_000;

/** A log in memory. */
class Log implements SharedLog {
  isCurrent = true;
  readonly entries: string[] = [];
  readonly #listeners: ((entry: string) => void)[] = [];

  append(entry: string): Promise<void> {
    this.entries.push(entry);
    for (const listener of this.#listeners) listener(entry);
    return Promise.resolve();
  }

  follow(onEntry: (entry: string) => void): Promise<void> {
    this.#listeners.push(onEntry);
    this.entries.forEach((entry) => onEntry(entry));
    return Promise.resolve();
  }
}

const revocations = (revocationLog?: SharedLog, maxRevocations = 10) => {
  const options = { verify: () => undefined, revocationLog, maxRevocations, revocationMs: 500 };
  return new Revocations<object>(parseAuthOptions(options), () => nowMs);
};
const jwt = (exp: number) => `e30.${Buffer.from(`{"exp":${exp}}`).toString('base64url')}.c2ln`;
const ann = openSession({ sub: 'ann' }, 'Bearer')!;

describe('Revocations', () => {
  it('are told to all who share a log, now and later', async () => {
    const log = new Log();
    const [one, two] = [revocations(log), revocations(log)];
    await one.add({ token: 'a' });
    await one.add({ subject: 'ann' });
    const three = revocations(log);
    await three.ready;
    for (const each of [one, two, three]) {
      expect(each.list.hasToken(credentialKey('a'))).toBe(true);
      expect(each.list.covers(ann, 'b')).toBe(true);
    }
    expect(log.entries.join()).not.toContain('"a"');
  });

  it('by a function stay in their process', async () => {
    const log = new Log();
    const one = revocations(log);
    await one.add(() => true);
    expect(one.list.covers(ann, 'b')).toBe(true);
    expect(log.entries).toEqual([]);
  });

  it('of a JWT are kept until it expires, others for revocationMs', async () => {
    const log = new Log();
    const one = revocations(log);
    await one.add({ token: jwt(5_000) });
    await one.add({ token: 'opaque' });
    const ends = log.entries.map((entry) => (JSON.parse(entry) as { untilMs: number }).untilMs);
    expect(ends).toEqual([5_000_000, nowMs + 500]);
  });

  it('hold although the log fails, and say so', async () => {
    const log = new Log();
    log.append = () => Promise.reject(new Error('down'));
    const one = revocations(log);
    await expect(one.add({ token: 'a' })).rejects.toThrow('down');
    expect(one.list.hasToken(credentialKey('a'))).toBe(true);
  });

  it('are ready although the log cannot be followed, and the failure is published', async () => {
    const failures = collectFailures();
    const error = new Error('down');
    const log = new Log();
    log.follow = () => Promise.reject(error);
    await revocations(log).ready;
    expect(failures.stop()).toEqual([{ part: 'lazyAuth', error }]);
  });

  it('publish that there is no room for one of another process', async () => {
    const failures = collectFailures();
    const log = new Log();
    const one = revocations(log, 1);
    await one.add({ token: 'a' });
    await log.append(JSON.stringify({ subject: 'ann', issuedUntilMs: 1, untilMs: nowMs + 1 }));
    await log.append('no revocation');
    expect(failures.stop()).toEqual([
      { part: 'lazyAuth', error: expect.objectContaining({ code: 'ERR_REVOCATIONS_FULL' }) },
    ]);
  });

  it('are current as long as the log is', () => {
    const log = new Log();
    const one = revocations(log);
    expect(one.isCurrent).toBe(true);
    log.isCurrent = false;
    expect(one.isCurrent).toBe(false);
    expect(revocations().isCurrent).toBe(true);
  });
});
