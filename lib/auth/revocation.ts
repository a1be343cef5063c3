import type { AuthSession } from './auth-session';

/**
 * What shall be refused from now on: a credential; everything issued to a subject until now; or
 * every session, issued until now, that a function says yes to.
 */
export type Revocation<User extends object = object> =
  | { readonly token: string }
  | { readonly subject: string }
  | ((session: AuthSession<User>) => boolean);

/** A revocation as a table keeps it and as processes tell each other: no credential in it. */
export type RevocationRecord =
  | { readonly token: string; readonly untilMs: number }
  | { readonly subject: string; readonly issuedUntilMs: number; readonly untilMs: number };

/** For a log that other processes read. Keys of tokens are bytes, which JSON would bloat. */
export function encodeRevocation(record: RevocationRecord): string {
  if ('subject' in record) return JSON.stringify(record);
  const token = Buffer.from(record.token, 'latin1').toString('base64url');
  return JSON.stringify({ ...record, token });
}

/** @returns Nothing for what is no revocation: others may write to the log, too. */
export function decodeRevocation(text: string): RevocationRecord | undefined {
  const { token, subject, issuedUntilMs, untilMs } = parse(text);
  if (typeof untilMs !== 'number') return undefined;
  if (typeof token === 'string') {
    return { token: Buffer.from(token, 'base64url').toString('latin1'), untilMs };
  }
  if (typeof subject !== 'string' || typeof issuedUntilMs !== 'number') return undefined;
  return { subject, issuedUntilMs, untilMs };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
