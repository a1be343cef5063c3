/** Headers of a request, by their names in lower case. */
type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** True for prefetches and prerenders: nobody has looked at the page, and perhaps nobody will. */
export function isSpeculative(headers: RequestHeaders): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz'];
  return typeof purpose === 'string' && purpose.includes('prefetch');
}

/** True when the browser renders the page ahead, and so fetches what it needs (`prefetch;prerender`). */
export function isPrerender(headers: RequestHeaders): boolean {
  const purpose = headers['sec-purpose'];
  return typeof purpose === 'string' && purpose.includes('prerender');
}
