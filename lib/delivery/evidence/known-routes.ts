import { clientHash } from '../../prediction/client-hash';
import { DistinctClients } from '../../prediction/distinct-clients';
import { pathSegments, RoutePattern } from '../../prediction/route-pattern';
import { BoundedMap } from '../../util/bounded-map';

/** Apps have tens of routes. */
const maxRoutes = 256;

/** Paths whose route need not be searched for again. */
const maxPaths = 2000;

/** Whom a page is for. */
export type Audience = 'anyone' | 'one user' | 'unknown';

interface Route {
  readonly pattern: string;
  readonly matcher: RoutePattern | undefined;
  /** Of two patterns that match, the one with the higher number says more of the path. */
  readonly specificity: number;
  readonly clients: DistinctClients;
  /** Whether the latest page of which it is known was for anybody. */
  isOpen: boolean;
}

/**
 * The route patterns pages were served by, so that the route of a page nobody has seen is known
 * before the app's router has run. Forgets the routes and paths that are used least.
 */
export class KnownRoutes {
  readonly #routes = new BoundedMap<Route>(maxRoutes);
  readonly #patternOfPath = new BoundedMap<string>(maxPaths);
  readonly #minClients: number;

  /** @param minClients Distinct clients that must have been served by a route before others are told. */
  constructor(minClients: number) {
    this.#minClients = minClients;
  }

  /**
   * The app served `path` by the route `pattern`.
   *
   * @param audience Whom the page is for; `'unknown'` if nothing says.
   */
  learn(path: string, pattern: string, client: string, audience: Audience): void {
    const route = this.#routes.use(pattern, () => newRoute(pattern));
    this.#patternOfPath.use(path, () => pattern);
    if (audience !== 'unknown') route.isOpen = audience === 'anyone';
    if (audience === 'anyone') route.clients.add(clientHash(client), this.#minClients);
  }

  /** Patterns of whole segments whose pages enough clients got, and anybody may have. */
  openPatterns(limit: number): string[] {
    const open: string[] = [];
    for (const { pattern, matcher, isOpen, clients } of this.#routes.values()) {
      if (open.length === limit) break;
      if (matcher !== undefined && isOpen && clients.count >= this.#minClients) open.push(pattern);
    }
    return open;
  }

  /** The pattern that served `path`, or the most specific one that would. */
  patternOf(path: string): string | undefined {
    const known = this.#patternOfPath.peek(path);
    if (known !== undefined) return known;
    const segments = pathSegments(path);
    let best: Route | undefined;
    for (const route of this.#routes.values()) {
      if (route.specificity <= (best?.specificity ?? -1)) continue;
      if (route.matcher?.matches(segments) === true) best = route;
    }
    return best?.pattern;
  }
}

function newRoute(pattern: string): Route {
  const segments = pathSegments(pattern);
  const literals = segments.filter((segment) => !/^[:*]/.test(segment)).length;
  const hasSplat = segments.some((segment) => segment.startsWith('*'));
  return {
    pattern,
    matcher: readPattern(pattern),
    specificity: 2 * literals + (hasSplat ? 0 : 1),
    clients: new DistinctClients(),
    isOpen: false,
  };
}

/** Patterns with other syntax serve only paths that were seen. */
function readPattern(pattern: string): RoutePattern | undefined {
  try {
    return new RoutePattern(pattern);
  } catch {
    return undefined;
  }
}
