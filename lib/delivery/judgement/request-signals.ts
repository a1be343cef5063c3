import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as Express leaves it; without Express the additions are missing. */
export interface RoutedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly ip?: string;
  readonly route?: { readonly path?: unknown };
  /** Who is logged in, as Passport and most others leave it. */
  readonly user?: unknown;
}

/** A path-absolute URL of this server, taken apart. */
export interface LocalUrl {
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

/** Longer paths are served as ever, but neither learned nor looked up. */
const maxPathLength = 512;

/** The request's own URL, as the client sent it; `undefined` for what is no page of ours. */
export function urlOf(req: RoutedRequest): LocalUrl | undefined {
  return localUrl(req.originalUrl ?? req.url ?? '');
}

/** The page or stylesheet that asked, when it is of the same origin. */
export function refererOf(req: IncomingMessage): LocalUrl | undefined {
  const { referer } = req.headers;
  if (referer === undefined) return undefined;
  const afterScheme = referer.indexOf('://') + 3;
  const slash = referer.indexOf('/', afterScheme);
  if (afterScheme < 3 || slash < 0) return undefined;
  if (referer.slice(afterScheme, slash) !== authorityOf(req)) return undefined;
  return localUrl(referer.slice(slash));
}

/** Host and port that the client asked, as it says. */
export function authorityOf({ headers }: IncomingMessage): string {
  const { host = '', [':authority']: authority } = headers;
  return typeof authority === 'string' ? authority : host;
}

function localUrl(url: string): LocalUrl | undefined {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  if (!path.startsWith('/') || path.startsWith('//') || path.length > maxPathLength) {
    return undefined;
  }
  const query = end < 0 || url[end] === '#' ? '' : (url.slice(end).split('#', 1)[0] ?? '');
  return { path, query: query.length > maxPathLength ? '?' : query };
}

/** True when a browser asks for a document to show, so that what it needs next can be guessed. */
export function isPageRequest(req: IncomingMessage): boolean {
  if (req.method !== 'GET') return false;
  if (hasFetchMetadata(req.headers)) return isNavigation(req.headers);
  return req.headers.accept?.includes('text/html') === true;
}

/** As {@link isPageRequest}, but in doubt yes: plain clients send neither Fetch Metadata nor Accept. */
export function mayShowPage(req: IncomingMessage): boolean {
  if (req.method !== 'GET') return false;
  if (hasFetchMetadata(req.headers)) return isNavigation(req.headers);
  const { accept } = req.headers;
  return accept === undefined || accept.includes('text/html') || accept.includes('*/*');
}

/** Fetch Metadata of a top-level navigation: the only requests to which browsers take a 103. */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

function hasFetchMetadata(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-dest'] !== undefined || headers['sec-fetch-mode'] !== undefined;
}

/** True when the user asked to spare the network (Save-Data client hint). */
export function savesData(headers: IncomingHttpHeaders): boolean {
  const value = headers['save-data'];
  return typeof value === 'string' && value.trim().toLowerCase() === 'on';
}

/** How robots name themselves; those that pretend to be browsers are held to one client's share. */
const robot =
  /(?<!cu)bot\b|crawl|spider|slurp|scrap|archiver|preview|monitor|lighthouse|facebookexternalhit|\b(?:curl|wget|python|go-http|java|okhttp|node-fetch|undici|axios|libwww|httpclient)\b/i;

/** True for clients that read pages but do not look at them: what they do says nothing of visitors. */
export function isRobot(headers: IncomingHttpHeaders): boolean {
  return robot.test(headers['user-agent'] ?? '');
}

/** True when the client asks whether a copy that it has is still good, as a reload does too. */
export function hasCopy(headers: IncomingHttpHeaders): boolean {
  return headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
}

/** Cookies by which apps know who is logged in, by their usual names. */
const sessionCookie =
  /(?:^|;\s*)[^=;]*(?:sess|sid\b|auth|token|jwt|login|logged|remember|identity|\buser)[^=;]*=/i;

/** True when the request seems to be of somebody who is logged in. */
export function seemsAuthenticated(req: RoutedRequest): boolean {
  const { authorization, cookie } = req.headers;
  if (authorization !== undefined || (req.user !== undefined && req.user !== null)) return true;
  return cookie !== undefined && sessionCookie.test(cookie);
}
