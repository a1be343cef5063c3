import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DictionarySet } from './dictionary-set';
import { pathOf } from './request-path';

/** A week: browsers forget a dictionary with its response. */
const maxAgeSeconds = 604_800;

/**
 * Answers requests for dictionaries that the middleware offers by itself.
 *
 * @returns Whether the request was one.
 */
export function answerWithDictionary(
  dictionaries: DictionarySet,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  if (dictionaries.isEmpty || (req.method !== 'GET' && req.method !== 'HEAD')) return false;
  const offered = dictionaries.offeredAt(pathOf(req));
  if (offered === undefined) return false;
  const { dictionary, rule } = offered;
  const tag = `"${dictionary.hash}"`;
  res.setHeader('Cache-Control', `public, max-age=${maxAgeSeconds}`);
  res.setHeader('ETag', tag);
  res.setHeader('Use-As-Dictionary', rule.useAsDictionary);
  if (req.headers['if-none-match']?.includes(tag) === true) res.writeHead(304).end();
  else {
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.end(dictionary.bytes);
  }
  return true;
}
