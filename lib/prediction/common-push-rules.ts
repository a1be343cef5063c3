import { inspect, types } from 'node:util';
import { viteBuild, webpackBuild } from './build-manifest';
import type { PushResource, PushRule, RuleRequest } from './push-rule';
import {
  apiAfterPage,
  authPages,
  bundledPage,
  heroImage,
  spaShell,
  stylesheetFonts,
} from './push-rule-presets';
import { kindOfPath, type ResourceKind } from './resource-kind';
import { pathSegments, RoutePattern } from './route-pattern';

export type { PushResource, PushRule } from './push-rule';

interface CompiledRule {
  matches(path: string, segments: readonly string[]): boolean;
  readonly when: PushRule['when'];
  readonly resources: readonly PushResource[];
}

const nothing: readonly PushResource[] = Object.freeze([]);

/** What a `Link` header can carry between angle brackets: visible ASCII without `<`, `>`, `"`. */
const safeUrl = /^(?:\/|https?:\/\/)[!#-;=?-~]*$/;
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

const hashes = /^sha(?:256|384|512)-[\w+/=-]+(?: sha(?:256|384|512)-[\w+/=-]+)*$/;
const quotable = /^[ !#-[\]-~]+$/;

const kinds: Readonly<Record<ResourceKind, true>> = {
  style: true,
  script: true,
  font: true,
  image: true,
  fetch: true,
};

/**
 * Rules written by hand: which subresources the pages of a route need.
 *
 * Everything is checked and completed once, here; `match` only compares.
 *
 * @example
 * new CommonPushRules([
 *   CommonPushRules.bundledPage('/product/:id', { css: '/app.css', js: '/app.js' }),
 *   { route: '/docs/*page', resources: ['/docs.css', { url: '/search', as: 'fetch' }] },
 * ]);
 */
export class CommonPushRules {
  static readonly bundledPage = bundledPage;
  static readonly spaShell = spaShell;
  static readonly apiAfterPage = apiAfterPage;
  static readonly stylesheetFonts = stylesheetFonts;
  static readonly heroImage = heroImage;
  static readonly authPages = authPages;
  static readonly viteBuild = viteBuild;
  static readonly webpackBuild = webpackBuild;

  readonly #rules: readonly CompiledRule[];

  /** @throws TypeError that names the part of the rule that is wrong: `rules[2].route must …`. */
  constructor(rules: readonly PushRule[]) {
    if (!Array.isArray(rules)) throw invalid('rules', 'must be an array', rules);
    this.#rules = rules.map((rule: PushRule, index) => compileRule(rule, `rules[${index}]`));
  }

  /**
   * The subresources of all rules that match a path, in the order of the rules. Of several that
   * name one URL the first wins.
   *
   * @param path Path of the request, without query.
   * @param request What rules with `when` ask; without it they do not match.
   */
  match(path: string, request?: RuleRequest): readonly PushResource[] {
    const segments = pathSegments(path);
    const matching = this.#rules.filter(
      ({ matches, when }) =>
        matches(path, segments) && (when === undefined || (request !== undefined && when(request))),
    );
    if (matching.length <= 1) return matching[0]?.resources ?? nothing;
    return withoutRepeats(matching.flatMap((rule) => rule.resources));
  }
}

function compileRule(rule: PushRule, name: string): CompiledRule {
  if (typeof rule !== 'object' || rule === null) throw invalid(name, 'must be an object', rule);
  if (!Array.isArray(rule.resources)) {
    throw invalid(`${name}.resources`, 'must be an array', rule.resources);
  }
  const resources = rule.resources.map((resource: string | PushResource, index) =>
    completeResource(resource, `${name}.resources[${index}]`),
  );
  if (rule.when !== undefined && typeof rule.when !== 'function') {
    throw invalid(`${name}.when`, 'must be a function of a request', rule.when);
  }
  return {
    matches: compileRoute(rule.route, `${name}.route`),
    when: rule.when,
    resources: withoutRepeats(resources),
  };
}

function compileRoute(route: PushRule['route'], name: string): CompiledRule['matches'] {
  if (typeof route === 'function') return (path) => route(path);
  if (types.isRegExp(route)) {
    // The flags g and y make `test` remember where it stopped.
    const stateless = new RegExp(route.source, route.flags.replace(/[gy]/g, ''));
    return (path) => stateless.test(path);
  }
  if (typeof route !== 'string') {
    throw invalid(name, 'must be a route pattern, a RegExp or a function', route);
  }
  try {
    const pattern = new RoutePattern(route);
    return (_path, segments) => pattern.matches(segments);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(name, `${reason} (a RegExp or a function can say more)`, route);
  }
}

function completeResource(given: string | PushResource, name: string): PushResource {
  const resource = typeof given === 'string' ? { url: given } : given;
  if (typeof resource !== 'object' || resource === null) {
    throw invalid(name, 'must be an URL or an object', given);
  }
  const { url, type, fetchPriority } = resource;
  if (typeof url !== 'string' || !safeUrl.test(url)) {
    throw invalid(
      `${name}.url`,
      'must begin with a slash or http(s):// and hold only visible ASCII without <, > and "',
      url,
    );
  }
  if (type !== undefined && (typeof type !== 'string' || !mediaType.test(type))) {
    throw invalid(`${name}.type`, 'must be a media type', type);
  }
  if (fetchPriority !== undefined && fetchPriority !== 'high' && fetchPriority !== 'low') {
    throw invalid(`${name}.fetchPriority`, "must be 'high' or 'low'", fetchPriority);
  }
  const as = resource.as ?? kindOfPath(url);
  if (as === undefined || !Object.hasOwn(kinds, as)) {
    throw invalid(`${name}.as`, `must be one of ${Object.keys(kinds).join(', ')}`, as);
  }
  const crossorigin = corsMode(resource, as, `${name}.crossorigin`);
  return Object.freeze({
    url,
    as,
    ...(crossorigin !== undefined && { crossorigin }),
    ...(type !== undefined && { type }),
    ...(fetchPriority !== undefined && { fetchPriority }),
    ...completeAttributes(resource, as, name),
  });
}

/** What is copied from the page's own tag. */
function completeAttributes(
  { integrity, imageSrcset, imageSizes }: PushResource,
  as: ResourceKind,
  name: string,
): Partial<PushResource> {
  if (integrity !== undefined && (typeof integrity !== 'string' || !hashes.test(integrity))) {
    throw invalid(`${name}.integrity`, 'must be hashes such as sha384-…', integrity);
  }
  for (const [key, value] of Object.entries({ imageSrcset, imageSizes })) {
    const isText = value === undefined || (typeof value === 'string' && quotable.test(value));
    if (!isText) throw invalid(`${name}.${key}`, 'must be visible ASCII without "', value);
    if (value !== undefined && as !== 'image') {
      throw invalid(`${name}.${key}`, "is only for as: 'image'", value);
    }
  }
  return {
    ...(integrity !== undefined && { integrity }),
    ...(imageSrcset !== undefined && { imageSrcset }),
    ...(imageSizes !== undefined && { imageSizes }),
  };
}

/** Fonts are always fetched anonymously (CSS Fonts 4, section 4.8.2), `fetch()` by default. */
function corsMode(
  { crossorigin }: PushResource,
  as: ResourceKind,
  name: string,
): PushResource['crossorigin'] {
  if (crossorigin === undefined) return as === 'font' || as === 'fetch' ? 'anonymous' : undefined;
  const isKnown = crossorigin === 'anonymous' || crossorigin === 'use-credentials';
  if (!isKnown) throw invalid(name, "must be 'anonymous' or 'use-credentials'", crossorigin);
  if (as === 'font' && crossorigin !== 'anonymous') {
    throw invalid(name, "must be 'anonymous' for fonts, which are always fetched so", crossorigin);
  }
  return crossorigin;
}

function withoutRepeats(resources: readonly PushResource[]): readonly PushResource[] {
  const byUrl = new Map<string, PushResource>();
  for (const resource of resources) {
    if (!byUrl.has(resource.url)) byUrl.set(resource.url, resource);
  }
  return Object.freeze([...byUrl.values()]);
}

function invalid(name: string, must: string, value: unknown): TypeError {
  const shown = inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 60 });
  return new TypeError(`${name} ${must}, got ${shown}`);
}
