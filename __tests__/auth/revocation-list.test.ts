import type { AuthSession } from '../../lib/auth/auth-session';
import { openSession } from '../../lib/auth/auth-session';
import { RevocationList } from '../../lib/auth/revocation-list';

const session = (claims: object): AuthSession => openSession(claims, 'Bearer')!;

describe('RevocationList', () => {
  let nowMs = 0;
  const listOf = (maxEntries = 10) => new RevocationList<object>(maxEntries, () => nowMs);
  beforeEach(() => (nowMs = 0));

  it('covers a token until the revocation ends', () => {
    const list = listOf();
    list.add({ token: 'a', untilMs: 100 });
    expect(list.covers(session({}), 'a')).toBe(true);
    expect(list.covers(session({}), 'b')).toBe(false);
    nowMs = 100;
    expect(list.covers(session({}), 'a')).toBe(false);
  });

  it('covers what was issued to a subject until then, not what came later', () => {
    const list = listOf();
    list.add({ subject: 'ann', issuedUntilMs: 5_500, untilMs: 100_000 });
    expect(list.covers(session({ sub: 'ann', iat: 5 }), 'a')).toBe(true);
    expect(list.covers(session({ sub: 'ann', iat: 6 }), 'a')).toBe(false);
    expect(list.covers(session({ sub: 'bob', iat: 5 }), 'a')).toBe(false);
    expect(list.covers(session({ iat: 5 }), 'a')).toBe(false);
  });

  it('covers all of a subject whose tokens do not say when they were issued', () => {
    const list = listOf();
    list.add({ subject: 'ann', issuedUntilMs: 5_500, untilMs: 100_000 });
    expect(list.covers(session({ sub: 'ann' }), 'a')).toBe(true);
  });

  it('covers what a rule says yes to', () => {
    const list = listOf();
    const matches = ({ subject }: AuthSession) => subject === 'ann';
    list.addRule({ matches, issuedUntilMs: 5_500, untilMs: 100_000 });
    expect(list.covers(session({ sub: 'ann', iat: 5 }), 'a')).toBe(true);
    expect(list.covers(session({ sub: 'ann', iat: 6 }), 'a')).toBe(false);
    expect(list.covers(session({ sub: 'bob', iat: 5 }), 'a')).toBe(false);
    nowMs = 100_000;
    expect(list.covers(session({ sub: 'ann', iat: 5 }), 'a')).toBe(false);
  });

  it('keeps the stronger of two revocations, whichever came first', () => {
    const list = listOf();
    list.add({ token: 'a', untilMs: 100 });
    list.add({ token: 'a', untilMs: 50 });
    list.add({ subject: 'ann', issuedUntilMs: 9_000, untilMs: 100_000 });
    list.add({ subject: 'ann', issuedUntilMs: 1_000, untilMs: 50 });
    nowMs = 60;
    expect(list.hasToken('a')).toBe(true);
    expect(list.covers(session({ sub: 'ann', iat: 9 }), 'b')).toBe(true);
    expect(list.size).toBe(2);
  });

  it('refuses to forget a revocation for a new one, until some have ended', () => {
    const list = listOf(3);
    list.add({ token: 'a', untilMs: 100 });
    list.add({ subject: 'ann', issuedUntilMs: 1, untilMs: 200 });
    list.addRule({ matches: () => false, issuedUntilMs: 1, untilMs: 300 });
    const full = expect.objectContaining({ code: 'ERR_REVOCATIONS_FULL' });
    expect(() => list.add({ token: 'b', untilMs: 400 })).toThrow(full);
    expect(() => list.addRule({ matches: () => false, issuedUntilMs: 1, untilMs: 400 })).toThrow(
      full,
    );
    expect(() => list.add({ token: 'a', untilMs: 400 })).not.toThrow();
    nowMs = 300;
    list.add({ token: 'b', untilMs: 400 });
    expect(list.size).toBe(2);
    expect([list.hasToken('a'), list.hasToken('b')]).toEqual([true, true]);
  });
});
