import { actionWords } from '../judgement/unsafe-paths';

/** What a browser may do ahead: fetch the document, or render the whole page. */
export type SpeculativeAction = 'prefetch' | 'prerender';

/** How a page came to be fetched ahead; comes back in `Sec-Speculation-Tags`. */
export type SpeculationTag = 'headstart-now' | 'headstart-soon' | 'headstart-route';

/** Pages that may be fetched ahead, from the likeliest to the merely possible. */
export interface NextPages {
  /** Fetched or rendered at once. */
  readonly now: readonly string[];
  /** Those of them that are rendered. */
  readonly rendered: readonly string[];
  /** Fetched as soon as the pointer rests on a link to one of them. */
  readonly soon: readonly string[];
  /** Route patterns: fetched when the visitor is about to follow a link to one of their pages. */
  readonly routes: readonly string[];
}

export interface RuleSetInit {
  /** Paths that the app declared unsafe; each covers what is below it. */
  readonly unsafePaths: readonly string[];
}

/** Links that are no way to a page, or that the author says not to follow unasked. */
const notFollowed = '[download],[rel~=nofollow],[rel~=external],[target=_blank]';

interface Rule {
  readonly tag: SpeculationTag;
  readonly urls?: readonly string[];
  readonly where?: object;
  readonly eagerness: 'immediate' | 'eager' | 'moderate';
}

/**
 * Writes a set of speculation rules (HTML, "Speculative loading"). The same pages give the same
 * text, so that it can be addressed by its content.
 *
 * Only what is fetched without waiting for a sign is rendered: a page that begins to render when
 * the pointer rests on its link is not ready at the click, and Chromium then waits for it, where
 * it would have shown a page that was fetched.
 */
export function writeRuleSet(pages: NextPages, { unsafePaths }: RuleSetInit): string {
  const fetched = pages.now.filter((one) => !pages.rendered.includes(one));
  const rules = {
    prefetch: [
      ...list(fetched, 'immediate', 'headstart-now'),
      ...list(pages.soon, 'eager', 'headstart-soon'),
      ...(pages.routes.length > 0 ? [routeRule(pages.routes, unsafePaths)] : []),
    ],
    prerender: list(pages.rendered, 'immediate', 'headstart-now'),
  };
  const given = Object.entries(rules).filter(([, some]) => some.length > 0);
  return JSON.stringify(Object.fromEntries(given));
}

function list(
  urls: readonly string[],
  eagerness: Rule['eagerness'],
  tag: SpeculationTag,
): readonly Rule[] {
  return urls.length > 0 ? [{ tag, urls, eagerness }] : [];
}

function routeRule(routes: readonly string[], unsafePaths: readonly string[]): Rule {
  const hasParameter = routes.some((route) => /[:*]/.test(route));
  const unsafe = hasParameter ? [actionPattern, ...unsafePaths.flatMap(below)] : [];
  return {
    tag: 'headstart-route',
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

const inside = actionWords.filter((word) => word.length > 5).join('|');
const alone = actionWords.filter((word) => word.length <= 5).join('|');

/**
 * Paths that name an action: long words anywhere, short ones as a whole segment. One pattern for
 * all, because browsers try each on each link: with one for each word Chromium's `URLPattern` took
 * 60 ms for 90 links instead of 3.
 */
const actionPattern = `/(.*(?:${inside}).*|(?:.*/)?(?:${alone})(?:/.*)?)`;

function below(path: string): string[] {
  const root = path.endsWith('/') ? path.slice(0, -1) : path;
  return /[:*?+(){}[\]\\]/.test(root) ? [] : [`${root}{/*}?`];
}
