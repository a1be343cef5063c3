import type { IncomingMessage } from 'node:http';
import type { AuthSettings, VerifiedScheme } from './auth-options';
import { credentialKey } from './credential-key';

/** A credential as a request sent it. Lives as long as the request, never longer. */
export interface Credential<User extends object> {
  readonly text: string;
  readonly scheme: VerifiedScheme<User>;
  /** Of the credential with everything else that the verdict depends on. */
  readonly key: string;
}

/** The credential of the first scheme that finds one. */
export function findCredential<User extends object>(
  { schemes, partition }: AuthSettings<User>,
  req: IncomingMessage,
): Credential<User> | undefined {
  for (const [index, scheme] of schemes.entries()) {
    const text = scheme.scheme.extract(req);
    if (typeof text !== 'string') continue;
    // The index, because two schemes may have one name: two cookies, say.
    const context = partition === undefined ? `${index}` : `${index}:${partition(req)}`;
    return { text, scheme, key: credentialKey(text, context) };
  }
  return undefined;
}
