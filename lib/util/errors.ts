/** Codes of the errors this package throws. Each is explained in `docs/errors.md`. */
export type HeadstartErrorCode =
  | 'ERR_BUFFER_RELEASED'
  | 'ERR_BUFFER_FOREIGN'
  | 'ERR_BUFFER_LEAKED'
  | 'ERR_CERTIFICATE_MISSING'
  | 'ERR_CERTIFICATE_UNREADABLE'
  | 'ERR_NOT_CALLED';

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
