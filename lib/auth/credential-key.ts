import { createHash, hash } from 'node:crypto';

/** Node before 20.12 has no `hash()`, whose one call takes two thirds of the time. */
const sha256: (text: string) => string =
  typeof hash === 'function'
    ? (text) => hash('sha256', text, 'binary')
    : (text) => createHash('sha256').update(text).digest('binary');

/**
 * What stands for a credential in every table: its SHA-256, 32 characters of one byte each. A key
 * tells nothing of the credential, and how long a table takes to find it depends on nothing that an
 * attacker could choose byte by byte.
 *
 * @param context What the verdict depends on besides the credential: scheme, tenant, audience.
 */
export function credentialKey(credential: string, context = ''): string {
  // With its length in front, no context can end where a credential begins.
  return sha256(`${context.length}:${context}${credential}`);
}
