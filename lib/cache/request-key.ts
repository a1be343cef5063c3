import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as Express and Node's HTTP/2 show it. */
export type AnyRequest = IncomingMessage & {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly stream?: { readonly session?: { readonly encrypted?: boolean } };
};

/** What a response is stored under, besides what its `Vary` adds. */
export interface RequestKey {
  /** The request target, byte for byte: whoever normalises it may mistake one page for another. */
  readonly url: string;
  /** `:authority` or `Host`. */
  readonly host: string;
  /** Everything else that tells two requests for the same target apart. */
  readonly scope: string;
}

/** Longest key; a longer URL passes through. */
const maxKeyLength = 4096;

/**
 * Headers by which proxies tell the app another address than the request has. Apps put them in
 * links and redirects, so a key without them could be poisoned.
 */
export const addressHeaders = [
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-path',
  'x-forwarded-scheme',
  'x-forwarded-protocol',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-url-scheme',
  'front-end-https',
  'x-host',
  'x-original-host',
  'x-original-url',
  'x-rewrite-url',
  'x-http-host-override',
] as const;

/** Headers of requests that may be something else than they seem. */
const disguises = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'upgrade',
] as const;

/**
 * The key of a request; `undefined` for one that must go to the app and be kept apart.
 *
 * @param headers Those of the request, which Express takes a while to find.
 */
export function requestKey(req: AnyRequest, headers = req.headers): RequestKey | undefined {
  const { url, host } = addressOf(req, headers);
  const authority = headers[':authority'];
  if (authority !== undefined && authority !== host) return undefined;
  if (hasBody(headers) || isDisguised(headers)) return undefined;
  const transport = isEncrypted(req) ? 's' : 'p';
  const scope = transport + host + rewritten(req, url) + proxiedAddress(headers, transport);
  return url.length + scope.length > maxKeyLength ? undefined : { url, host, scope };
}

/** The request target and host, as {@link requestKey} has them. */
export function addressOf(
  req: AnyRequest,
  headers = req.headers,
): { readonly url: string; readonly host: string } {
  const authority = headers[':authority'] as string | undefined;
  return { url: req.originalUrl ?? req.url ?? '', host: headers.host ?? authority ?? '' };
}

export function isEncrypted(req: AnyRequest): boolean {
  const session = req.stream?.session;
  return session === undefined
    ? (req.socket as { encrypted?: boolean }).encrypted === true
    : session.encrypted === true;
}

/** A middleware that rewrote the URL may have looked at anything: what it made is a part of the key. */
function rewritten(req: AnyRequest, target: string): string {
  const { url = '' } = req;
  if (target === url) return '';
  const seen = (req.baseUrl ?? '') + url;
  return target === seen ? '' : `\n>${seen}`;
}

function isDisguised(headers: IncomingHttpHeaders): boolean {
  for (const name of disguises) if (headers[name] !== undefined) return true;
  return false;
}

/** RFC 9110 section 9.3.1: a body of a GET has no meaning, yet an app may read it. */
function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
}

function proxiedAddress(headers: IncomingHttpHeaders, transport: 's' | 'p'): string {
  let address = '';
  for (const name of addressHeaders) {
    const value = headers[name] as string | undefined;
    if (value !== undefined) address += `\n${name}:${value}`;
  }
  if (headers.forwarded !== undefined) address += `\nforwarded:${withoutNodes(headers.forwarded)}`;
  const scheme = headers[':scheme'];
  const isUsual = scheme === undefined || scheme === (transport === 's' ? 'https' : 'http');
  return isUsual ? address : `${address}\n:scheme:${String(scheme)}`;
}

/** RFC 7239: `for` and `by` tell who asked, `host` and `proto` tell for what. */
function withoutNodes(forwarded: string): string {
  return forwarded
    .split(/[,;]/)
    .filter((pair) => !/^\s*(?:for|by)\s*=/i.test(pair))
    .join(';');
}
