/** A dictionary that browsers keep and later responses are compressed with (RFC 9842). */
export interface DictionaryOptions {
  /**
   * Paths of the responses that are compressed with it; `*` stands for any characters:
   * `'/js/app-*.js'`.
   */
  readonly match: string;

  /**
   * Kinds of requests that it is for, as in `Sec-Fetch-Dest`, such as `'document'`.
   *
   * @default [] (all)
   */
  readonly matchDest?: readonly string[];

  /**
   * Files that are read at the start. With `url`: the one that is offered. Without: earlier versions
   * of the file that `match` names, which clients may have kept.
   *
   * @default []
   */
  readonly files?: readonly string[];

  /**
   * Path at which the file is offered; pages that match tell browsers of it. Without it, the files
   * that match are themselves the dictionaries for their next versions.
   */
  readonly url?: string;
}

/** What a URL pattern may contain beside `*` without meaning something else, and a header as well. */
const plainPattern = /^\/[\w\-./~%!$&',;=@*]*$/;

const plainToken = /^[a-z]+$/;

const isTexts = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === 'string'));

/** Whether a value can be a list of dictionaries. */
export function areDictionaries(value: unknown): value is readonly DictionaryOptions[] {
  return Array.isArray(value) && value.every(isDictionary);
}

function isDictionary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { match, matchDest, files, url, ...rest } = value as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || typeof match !== 'string' || !plainPattern.test(match)) {
    return false;
  }
  if (!isTexts(matchDest) || !isTexts(files)) return false;
  if (!((matchDest ?? []) as string[]).every((one) => plainToken.test(one))) return false;
  if (url === undefined) return true;
  return (
    typeof url === 'string' && url.startsWith('/') && (files as string[] | undefined)?.length === 1
  );
}
