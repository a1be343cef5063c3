/** Codes of `jose` for a token that is bad, as opposed to keys that are wrong or out of reach. */
const joseCodes: ReadonlySet<string> = new Set([
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JWKS_NO_MATCHING_KEY',
]);
const josePrefixes = ['ERR_JWT_', 'ERR_JWS_', 'ERR_JWE_'];

/** Names of `jsonwebtoken`. It also lets the errors through with which broken JSON cannot be read. */
const names: ReadonlySet<string> = new Set([
  'JsonWebTokenError',
  'NotBeforeError',
  'SyntaxError',
  'TokenExpiredError',
]);

/** Codes of `fast-jwt` that are about the verifier's options or its key. */
const fastJwtFaults: ReadonlySet<string> = new Set([
  'FAST_JWT_INVALID_OPTION',
  'FAST_JWT_INVALID_KEY',
  'FAST_JWT_KEY_FETCHING_ERROR',
  'FAST_JWT_MISSING_KEY',
  'FAST_JWT_SIGN_ERROR',
]);

const longestReason = 64;

/**
 * Why a verifier refused a credential, as a code or a name; `undefined` when the error is not about
 * the credential. Messages are left where they are: they may quote what they could not read.
 */
export function reasonOf(error: unknown): string | undefined {
  const thrown = Object(error) as Record<string, unknown>;
  const { code, name, message } = thrown;
  if (typeof code === 'string' && isTokenCode(code)) return code.slice(0, longestReason);
  const isKnown = typeof name === 'string' && names.has(name);
  if (!isKnown && !isUnauthorized(thrown) && !isWrongSignatureLength(message)) return undefined;
  return typeof name === 'string' ? name.slice(0, longestReason) : 'refused';
}

function isTokenCode(code: string): boolean {
  if (code.startsWith('FAST_JWT_')) return !fastJwtFaults.has(code);
  return joseCodes.has(code) || josePrefixes.some((prefix) => code.startsWith(prefix));
}

/**
 * An error made for a 401 to our client. An HTTP client's error has a `response`: that is the 401 of
 * a server that we asked, and means our own credentials.
 */
function isUnauthorized(thrown: Readonly<Record<string, unknown>>): boolean {
  return (thrown.status === 401 || thrown.statusCode === 401) && !('response' in thrown);
}

/** What `jsonwebtoken` throws for an ES256 signature that was cut: a plain `TypeError`. */
function isWrongSignatureLength(message: unknown): boolean {
  return typeof message === 'string' && message.startsWith('"ES') && message.includes('signatures');
}
