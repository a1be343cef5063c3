/** Writes `WWW-Authenticate` for an error of RFC 6750, section 3.1, or for none. */
export type Challenge = (error: string | undefined, description: string) => string;

/** What the challenges of one configuration have in common. */
interface ChallengeContext {
  /** Names of all schemes, in order. */
  readonly names: readonly string[];
  readonly realm: string | undefined;
}

/**
 * One challenge for each scheme that would be accepted (RFC 9110, section 11.6.1), each name once.
 *
 * @param usedName The scheme that the request used: the error is about that one.
 * @param scopes What the route requires (RFC 6750, section 3: `scope`).
 */
export function challengeOf(
  { names, realm }: ChallengeContext,
  usedName: string | undefined,
  scopes: readonly string[],
): Challenge {
  return (error, description) =>
    [...new Set(names)]
      .map((name) => {
        const parameters = realm === undefined ? [] : [`realm="${escape(realm)}"`];
        if (error !== undefined && name === usedName) {
          parameters.push(`error="${error}"`, `error_description="${description}"`);
        }
        if (scopes.length > 0) parameters.push(`scope="${scopes.join(' ')}"`);
        return parameters.length === 0 ? name : `${name} ${parameters.join(', ')}`;
      })
      .join(', ');
}

/** For a `quoted-string` (RFC 9110, section 5.6.4). */
function escape(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`);
}

/** Whether a text can be quoted in a header: visible ASCII and blanks. */
export function isQuotable(text: unknown): text is string {
  return typeof text === 'string' && /^[\x20-\x7e]*$/.test(text);
}

/** A `scope-token` (RFC 6749, section 3.3). */
export function isScopeToken(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text);
}

/** A `token` of HTTP (RFC 9110, section 5.6.2), of which the name of a scheme must be one. */
export function isHttpToken(text: unknown): text is string {
  return typeof text === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}
