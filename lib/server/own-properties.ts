/**
 * Express and Connect give a request its prototype first and its properties afterwards. On Node 20
 * and 22 V8 then makes a new hidden class for every single object (it remembers no properties that
 * were added after a change of prototype), and no access to them is fast again: that was 45 % of the
 * time of a small response. Properties that are there before, undefined, keep one class for all.
 *
 * Only what Express and Connect set on every request by themselves, and read before they set it.
 */
interface ExpressRequest {
  res?: undefined;
  next?: undefined;
  originalUrl?: undefined;
  baseUrl?: undefined;
  params?: undefined;
  route?: undefined;
  /** Of `parseurl`. */
  _parsedUrl?: undefined;
  /** Of `parseurl.original`, which `express.static` calls. */
  _parsedOriginalUrl?: undefined;
  /** Of `on-finished`. */
  __onFinished?: undefined;
}

interface ExpressResponse {
  locals?: undefined;
  /** Of `on-finished`, which `res.sendFile` and `express.static` call. */
  __onFinished?: undefined;
}

/** What the `router` package, from version 2.3, keeps on a request: each copy has a symbol of its own. */
const routerSymbolName = 'router.tracing.matchedRoute';
const mostRouterSymbols = 4;
const routerSymbols: symbol[] = [];

/** Call it after an app has begun with a request: the next one will have the router's property. */
export function learnRequestProperties(req: object): void {
  if (routerSymbols.length >= mostRouterSymbols) return;
  for (const symbol of Object.getOwnPropertySymbols(req)) {
    if (symbol.description !== routerSymbolName || routerSymbols.includes(symbol)) continue;
    routerSymbols.push(symbol);
  }
}

/** Call it before the request gets its prototype. */
export function declareRequestProperties(req: object): void {
  const declared = req as ExpressRequest & Record<symbol, undefined>;
  for (const symbol of routerSymbols) declared[symbol] = undefined;
  declared.res = undefined;
  declared.next = undefined;
  declared.originalUrl = undefined;
  declared.baseUrl = undefined;
  declared.params = undefined;
  declared.route = undefined;
  declared._parsedUrl = undefined;
  declared._parsedOriginalUrl = undefined;
  declared.__onFinished = undefined;
}

/** Call it before the response gets its prototype. */
export function declareResponseProperties(res: object): void {
  const declared = res as ExpressResponse;
  declared.locals = undefined;
  declared.__onFinished = undefined;
}
