import type { PushResource, PushRule } from './push-rule';

type Route = PushRule['route'];

/** One URL, or several in the order in which they are needed. */
export type Urls = string | readonly string[];

export interface PageAssets {
  readonly css?: Urls;
  readonly js?: Urls;
}

/** Every path whose last segment has no extension: what a single-page app's router handles. */
const isAppPath = (path: string): boolean => !path.slice(path.lastIndexOf('/')).includes('.');

/** `/login`, `/account/sign-up` and their like. */
const authPath = /\/(?:log-?in|sign-?in|sign-?up|register|(?:forgot|reset)-password)\/?$/i;

function resources(urls: Urls | undefined, details: Omit<PushResource, 'url'>): PushResource[] {
  if (urls === undefined) return [];
  return (typeof urls === 'string' ? [urls] : urls).map((url) => ({ url, ...details }));
}

function pageAssets({ css, js }: PageAssets): PushResource[] {
  return [...resources(css, { as: 'style' }), ...resources(js, { as: 'script' })];
}

/** A page rendered on the server that loads bundles: its style sheets, then its scripts. */
export function bundledPage(route: Route, assets: PageAssets): PushRule {
  return { route, resources: pageAssets(assets) };
}

/** The shell of a single-page app. Without `route`: every path whose end has no extension. */
export function spaShell(assets: PageAssets, route: Route = isAppPath): PushRule {
  return { route, resources: pageAssets(assets) };
}

/** What a page asks of an API with `fetch()` as soon as its script runs. */
export function apiAfterPage(route: Route, urls: Urls): PushRule {
  return { route, resources: resources(urls, { as: 'fetch' }) };
}

/** Fonts that a style sheet of the page uses; a browser finds them only when it has read that. */
export function stylesheetFonts(route: Route, urls: Urls): PushRule {
  return { route, resources: resources(urls, { as: 'font' }) };
}

/** The image that is a page's largest paint. */
export function heroImage(route: Route, url: string): PushRule {
  return { route, resources: [{ url, as: 'image', fetchPriority: 'high' }] };
}

/**
 * The assets of sign-in and sign-up pages. Name public files only, never what lies behind the
 * sign-in. Without `route`: paths that end in `/login`, `/sign-up` and the like.
 */
export function authPages(assets: PageAssets, route: Route = authPath): PushRule {
  return { route, resources: pageAssets(assets) };
}
