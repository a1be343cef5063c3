import type { IncomingMessage } from 'node:http';
import { parseAuthOptions } from '../../lib/auth/auth-options';
import type { LazyAuthOptions } from '../../lib/auth/auth-options';
import { Authenticator } from '../../lib/auth/authenticator';
import { Issuer, type TestUser } from './issuer';

/** An issuer of its own for each test, and a clock that tests turn. */
export interface AuthenticatorFixture {
  readonly issuer: Issuer;
  readonly clock: { nowMs: number };
  authenticator(options?: LazyAuthOptions<TestUser>): Authenticator<TestUser>;
}

export function authenticatorFixture(): AuthenticatorFixture {
  const issuer = new Issuer();
  const clock = { nowMs: 1_000_000 };
  return {
    issuer,
    clock,
    authenticator: (options) =>
      new Authenticator(parseAuthOptions({ verify: issuer.verify, ...options }), () => clock.nowMs),
  };
}

/** The subject of the verdict, or what is wrong with the request. */
export async function nameBy(auth: Authenticator<TestUser>, req: IncomingMessage): Promise<string> {
  const verdict = await auth.judge(req);
  return verdict.session === undefined ? verdict.name : String(verdict.session.subject);
}
