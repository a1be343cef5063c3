/** A verified credential, for as long as it is remembered. Holds nothing of the credential itself. */
export interface AuthSession<User extends object = object> {
  /** What `verify` returned; shared by all requests with this credential, so do not change it. */
  readonly user: Readonly<User>;
  /** Name of the scheme it came by. */
  readonly scheme: string;
  /** `sub` of the user. */
  readonly subject: string | undefined;
  /** From `scope` (RFC 8693, section 4.2) or `scp`. */
  readonly scopes: ReadonlySet<string>;
  /** `iat`, in milliseconds since the epoch. */
  readonly issuedAtMs: number | undefined;
  /** `nbf`, in milliseconds since the epoch. */
  readonly notBeforeMs: number | undefined;
  /** `exp`, in milliseconds since the epoch. */
  readonly expiresAtMs: number | undefined;
}

/** The claims that decide how long and for what a session is good (RFC 7519, RFC 7662, RFC 8693). */
interface StandardClaims {
  readonly sub?: unknown;
  readonly iat?: unknown;
  readonly nbf?: unknown;
  readonly exp?: unknown;
  readonly scope?: unknown;
  readonly scp?: unknown;
  readonly active?: unknown;
}

/**
 * @returns Nothing when a claim is not what its RFC says, or when an introspection answered that the
 * token is not active: such a user must not get in.
 */
export function openSession<User extends object>(
  user: User,
  scheme: string,
): AuthSession<User> | undefined {
  const { sub, iat, nbf, exp, scope, scp, active }: StandardClaims = user;
  if (![iat, nbf, exp].every(isDate) || active === false) return undefined;
  return {
    user,
    scheme,
    subject: typeof sub === 'string' ? sub : undefined,
    scopes: new Set([...listOf(scope), ...listOf(scp)]),
    issuedAtMs: toMs(iat),
    notBeforeMs: toMs(nbf),
    expiresAtMs: toMs(exp),
  };
}

/** Whether `exp` and `nbf` allow a session at this moment (RFC 7519, sections 4.1.4 and 4.1.5). */
export function isTimely(session: AuthSession, nowMs: number, toleranceMs: number): boolean {
  const { expiresAtMs, notBeforeMs } = session;
  if (expiresAtMs !== undefined && nowMs >= expiresAtMs + toleranceMs) return false;
  return notBeforeMs === undefined || nowMs >= notBeforeMs - toleranceMs;
}

/** A `NumericDate`, or none. */
function isDate(claim: unknown): boolean {
  return claim === undefined || claim === null || Number.isFinite(claim);
}

function toMs(claim: unknown): number | undefined {
  return typeof claim === 'number' ? claim * 1000 : undefined;
}

function listOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((one) => one !== '');
  if (!Array.isArray(claim)) return [];
  return claim.filter((one): one is string => typeof one === 'string');
}
