/** An error as Node itself would give it, for code that compares `error.code`. */
export function nodeError(
  code: 'ERR_STREAM_DESTROYED' | 'ERR_STREAM_PREMATURE_CLOSE',
  message: string,
): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
