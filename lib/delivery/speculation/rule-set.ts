import { actionWords } from '../judgement/unsafe-paths';

/** What a browser may do ahead: fetch the document, or render the whole page. */
export type SpeculativeAction = 'prefetch' | 'prerender';

/** How a page came to be fetched ahead; comes back in `Sec-Speculation-Tags`. */
export type SpeculationTag = 'headstart-now' | 'headstart-soon' | 'headstart-route';

/** Pages that may be fetched ahead, from the likeliest to the merely possible. */
export interface NextPages {
  /** Fetched at once. */
  readonly now: readonly string[];
  /** Fetched as soon as the pointer rests on a link to one of them. */
  readonly soon: readonly string[];
  /** Route patterns: fetched when the visitor is about to follow a link to one of their pages. */
  readonly routes: readonly string[];
}

export interface RuleSetInit {
  readonly action: SpeculativeAction;
  /** Paths that the app declared unsafe; each covers what is below it. */
  readonly unsafePaths: readonly string[];
}

/** Links that are no way to a page, or that the author says not to follow unasked. */
const notFollowed = '[download],[rel~=nofollow],[rel~=external],[target=_blank]';

/**
 * Writes a set of speculation rules (HTML, "Speculative loading"). The same pages give the same
 * text, so that it can be addressed by its content.
 */
export function writeRuleSet(pages: NextPages, { action, unsafePaths }: RuleSetInit): string {
  const rules: object[] = [];
  const list = (urls: readonly string[], eagerness: string, tag: SpeculationTag): void => {
    if (urls.length > 0) rules.push({ tag, urls, eagerness });
  };
  list(pages.now, 'immediate', 'headstart-now');
  list(pages.soon, 'eager', 'headstart-soon');
  if (pages.routes.length > 0) rules.push(routeRule(pages.routes, unsafePaths));
  return JSON.stringify(rules.length === 0 ? {} : { [action]: rules });
}

function routeRule(routes: readonly string[], unsafePaths: readonly string[]): object {
  const tag: SpeculationTag = 'headstart-route';
  const hasParameter = routes.some((route) => /[:*]/.test(route));
  const unsafe = hasParameter ? [...actionPatterns, ...unsafePaths.flatMap(below)] : [];
  return {
    tag,
    where: {
      and: [
        { href_matches: routes.map(urlPattern) },
        // `\?*` would match an empty query too.
        { not: { href_matches: ['/*\\?(.+)', ...unsafe] } },
        { not: { selector_matches: notFollowed } },
      ],
    },
    eagerness: 'moderate',
  };
}

/** Express's `*name` is a bare `*` in URL patterns, and `:name` is the same. */
function urlPattern(route: string): string {
  return route.replace(/\*[^/]*/g, '*');
}

/** Speculation rules know no alternatives and no regular expressions: one pattern for each word. */
const actionPatterns: readonly string[] = actionWords.flatMap((word) =>
  word.length > 5 ? [`/*${word}*`] : [`/${word}{/*}?`, `/*/${word}{/*}?`],
);

function below(path: string): string[] {
  const root = path.endsWith('/') ? path.slice(0, -1) : path;
  return /[:*?+(){}[\]\\]/.test(root) ? [] : [`${root}{/*}?`];
}
