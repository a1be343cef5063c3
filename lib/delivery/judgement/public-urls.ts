import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { BoundedMap } from '../../util/bounded-map';
import { isDeclaredPublic, type ResponseFacts } from './shareable-response';

const maxUrls = 8192;

/**
 * URLs of which it was seen that anybody gets them: one without cookies got an answer, or the
 * answer declares itself public. What only those with a cookie get may be theirs alone, however
 * many of them there are, and most apps do not say so in `Cache-Control`.
 */
export class PublicUrls {
  readonly #urls = new BoundedMap<true>(maxUrls);

  /** A shareable answer came. @returns Whether its URL may be told to everybody. */
  judge(url: string, req: IncomingMessage, response: ResponseFacts): boolean {
    if (isAnonymous(req) || isDeclaredPublic(response)) this.#urls.use(url, () => true as const);
    return this.has(url);
  }

  has(url: string): boolean {
    return this.#urls.peek(url) !== undefined;
  }

  delete(url: string): void {
    this.#urls.delete(url);
  }
}

/** True when nothing in the request says who asks: no cookie, no credentials, no certificate. */
export function isAnonymous(req: IncomingMessage): boolean {
  const { cookie, authorization } = req.headers;
  const isCertified = (req.socket as Partial<TLSSocket>).authorized === true;
  return cookie === undefined && authorization === undefined && !isCertified;
}
