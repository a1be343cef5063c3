import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DictionarySet } from './dictionary-set';

/** A week: browsers forget a dictionary with its response. */
const maxAgeSeconds = 604_800;

/** The path of a request as the client sees it, wherever the middleware is mounted. */
export function pathOf(req: IncomingMessage & { readonly originalUrl?: string }): string {
  const url = req.originalUrl ?? req.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

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
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
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
