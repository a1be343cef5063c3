/** Codes of the errors this package throws. Each is explained in `docs/errors.md`. */
export type HeadstartErrorCode =
  | 'ERR_AUTH_INVALID'
  | 'ERR_AUTH_MALFORMED'
  | 'ERR_AUTH_MISSING'
  | 'ERR_AUTH_NOT_MOUNTED'
  | 'ERR_AUTH_SCOPE'
  | 'ERR_AUTH_UNAVAILABLE'
  | 'ERR_BUFFER_RELEASED'
  | 'ERR_BUFFER_FOREIGN'
  | 'ERR_BUFFER_LEAKED'
  | 'ERR_CERTIFICATE_MISSING'
  | 'ERR_CERTIFICATE_UNREADABLE'
  | 'ERR_NOT_CALLED'
  | 'ERR_REVOCATIONS_FULL';

/** Base class of every error of this package that is not about the value of an option. */
export class HeadstartError extends Error {
  /** Stable; compare this, never the message. */
  readonly code: HeadstartErrorCode;

  constructor(code: HeadstartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HeadstartError';
    this.code = code;
  }
}
