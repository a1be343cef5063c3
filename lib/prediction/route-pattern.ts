/** Parts of a path between slashes, without empty ones at either end, in lower case. */
export function pathSegments(path: string): readonly string[] {
  const from = path.startsWith('/') ? 1 : 0;
  const to = path.endsWith('/') ? path.length - 1 : path.length;
  return from >= to ? [] : path.slice(from, to).toLowerCase().split('/');
}

const wholeParameter = /^[:*][\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const patternSyntax = /[:*?+(){}[\]!\\]/;

/**
 * A path pattern in the part of Express 5's syntax that maps segments to segments: `/product/:id`,
 * `/docs/*splat`. As in Express, case does not matter, nor does a slash at the end; `:name` stands
 * for one segment and `*name` for one or more.
 */
export class RoutePattern {
  /** `:` and `*` stand for parameters, anything else for itself. */
  readonly #segments: readonly string[];
  readonly #splat: number;

  /** Segments that name themselves; the more, the more specific the pattern. */
  readonly literals: number;

  /** @throws TypeError for syntax beyond whole-segment parameters. */
  constructor(pattern: string) {
    if (!pattern.startsWith('/')) throw new TypeError('must start with a slash');
    this.#segments = pathSegments(pattern).map((segment) => {
      if (wholeParameter.test(segment)) return segment.charAt(0);
      if (!patternSyntax.test(segment)) return segment;
      throw new TypeError(
        `may only have whole segments such as :name or *name as parameters, not ${segment}`,
      );
    });
    this.#splat = this.#segments.indexOf('*');
    if (this.#splat !== this.#segments.lastIndexOf('*')) {
      throw new TypeError('may have only one *name');
    }
    this.literals = this.#segments.filter((segment) => segment !== ':' && segment !== '*').length;
  }

  /** Whether a path, cut by {@link pathSegments}, belongs to the pattern. */
  matches(path: readonly string[]): boolean {
    const { length } = this.#segments;
    if (this.#splat === -1) return path.length === length && this.#agree(path, 0, length, 0);
    if (path.length < length) return false;
    return (
      this.#agree(path, 0, this.#splat, 0) &&
      this.#agree(path, this.#splat + 1, length, path.length - length)
    );
  }

  /** Compares the pattern's segments `from` to `to` with the path's, `shift` places further on. */
  #agree(path: readonly string[], from: number, to: number, shift: number): boolean {
    for (let i = from; i < to; i++) {
      const wanted = this.#segments[i];
      const given = path[i + shift];
      if (wanted === ':' ? given === '' : wanted !== given) return false;
    }
    return true;
  }
}
