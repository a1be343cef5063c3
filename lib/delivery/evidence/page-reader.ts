import { isAnonymous } from '../judgement/public-urls';
import { factsOf, isDeclaredPublic, isHtml } from '../judgement/shareable-response';
import { watchBody } from './body-watch';
import { PageScanner, scannedBytes } from './page-scanner';
import type { ScannedPages } from './scanned-pages';
import type { TaughtView, Visit } from './visit-observer';

/** Counts the bytes of pages on their way out, and reads the beginning of some. */
export class PageReader {
  readonly #scanned: ScannedPages | undefined;
  readonly #scanner = new PageScanner();

  /** @param scanned Where to put what was read; `undefined`: nothing is read. */
  constructor(scanned: ScannedPages | undefined) {
    this.#scanned = scanned;
  }

  /** Has a look at what may become a page; call it before the app answers. */
  watch(visit: Visit): void {
    const { url, res } = visit;
    visit.body = watchBody(res, () => {
      if (res.statusCode !== 200 || !isHtml(res)) return undefined;
      return this.#scanned?.wants(url.path) === true ? scannedBytes : 0;
    });
  }

  /**
   * It is a page. What was made for one user is not read.
   *
   * @param onBytes Called with its size when it has left.
   */
  pageCame(visit: Visit, view: TaughtView, onBytes: (bytes: number) => void): void {
    const { req, res, client, body } = visit;
    if (body === undefined) return;
    const isSame = isAnonymous(req) || isDeclaredPublic(factsOf(res));
    const { pattern, isForAnyone, key: page } = view;
    body.onSeen = (seen) => {
      onBytes(seen.bytes);
      if (isForAnyone !== true || seen.head.length === 0) return;
      this.#scanner.scan(visit, seen, (resources) =>
        this.#scanned?.add({ page, pattern, client: isSame ? undefined : client, resources }),
      );
    };
  }
}
