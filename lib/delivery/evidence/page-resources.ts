import type { PushResource } from '../../prediction/push-rule';
import { kindOfDestination } from '../../prediction/resource-kind';
import { type StartTag, startTags } from './html-tags';
import { LargestImage } from './largest-image';

/** Of one page; more than any hint can carry. */
const maxResources = 24;

const scriptTypes: ReadonlySet<string> = new Set([
  '',
  'module',
  'text/javascript',
  'application/javascript',
]);

/** A page whose body holds fewer elements is filled by its scripts. */
const fewElements = 8;

const headElements: ReadonlySet<string> = new Set(
  'html head base link meta noscript script style template title'.split(' '),
);

/** What a page asks for. */
export interface PageResource extends PushResource {
  /** Whether the page can be painted before it is there. */
  readonly isLate?: boolean;
}

/**
 * What the beginning of an HTML page tells the browser to fetch from the page's own origin: style
 * sheets, scripts, preloads, and images of high priority; if it names no such image, the one that
 * seems to be its largest. Each in the mode in which the page asks for it.
 *
 * @param url Of the page, absolute.
 */
export function resourcesOfPage(html: string, url: URL): PageResource[] {
  const found = new Map<string, PageResource>();
  const late = new Set<string>();
  const largest = new LargestImage();
  let elements = 0;
  let base: URL | undefined;
  let isInPicture = false;
  for (const tag of startTags(html)) {
    if (tag.name === 'base') base ??= resolve(tag.attributes.get('href'), url);
    if (!headElements.has(tag.name)) elements++;
    // Which of its sources a browser takes, nobody knows here.
    const isSkipped = isInPicture && tag.name === 'img';
    isInPicture = tag.name === 'picture' || (isInPicture && tag.name !== 'img');
    const resource = isSkipped ? undefined : resourceOf(tag);
    const target = resource && resolve(resource.url, base ?? url);
    if (resource === undefined || target?.origin !== url.origin) continue;
    const local = { ...resource, url: target.pathname + target.search };
    const isLate = tag.name === 'script' && (elements > 0 || local.fetchPriority === 'low');
    if (isLate && !found.has(local.url)) late.add(local.url);
    if (tag.name === 'img' && local.fetchPriority !== 'high') largest.see(tag, local);
    else if (!found.has(local.url)) found.set(local.url, local);
    if (found.size === maxResources) break;
  }
  const all = withLargest([...found.values()], largest.image);
  if (elements < fewElements) return all;
  return all.map((one) => (late.has(one.url) ? { ...one, isLate: true } : one));
}

function withLargest(named: PageResource[], image: PageResource | undefined): PageResource[] {
  const isNeedless = image === undefined || named.some(({ as }) => as === 'image');
  return isNeedless ? named : [...named.slice(0, maxResources - 1), image];
}

function resolve(href: string | undefined, base: URL): URL | undefined {
  if (href === undefined || href.trim() === '') return undefined;
  return URL.canParse(href, base.href) ? new URL(href, base) : undefined;
}

function resourceOf(tag: StartTag): PushResource | undefined {
  if (tag.name === 'link') return ofLink(tag);
  if (tag.name === 'script') return ofScript(tag);
  return tag.name === 'img' ? ofImage(tag) : undefined;
}

function ofLink({ attributes }: StartTag): PushResource | undefined {
  const rel = new Set((attributes.get('rel') ?? '').toLowerCase().split(/\s+/));
  const media = (attributes.get('media') ?? 'all').trim().toLowerCase();
  const url = attributes.get('href');
  if (url === undefined || !['', 'all', 'screen'].includes(media)) return undefined;
  if (rel.has('stylesheet')) {
    if (rel.has('alternate') || attributes.has('disabled')) return undefined;
    return { url, as: 'style', ...modeOf(attributes), ...detailsOf(attributes) };
  }
  if (rel.has('modulepreload')) {
    return { url, as: 'script', ...corsModeOf(attributes), ...detailsOf(attributes) };
  }
  const as = attributes.get('as')?.toLowerCase();
  const kind = as === 'fetch' ? as : kindOfDestination(as ?? '');
  if (!rel.has('preload') || kind === undefined || kind === 'fetch') return undefined;
  return {
    url,
    as: kind,
    ...modeOf(attributes),
    ...detailsOf(attributes),
    ...sizesOf(attributes, 'image'),
  };
}

/** Scripts that wait for the document are fetched with low priority, and so hinted. */
function ofScript({ attributes }: StartTag): PushResource | undefined {
  const type = (attributes.get('type') ?? '').trim().toLowerCase();
  const url = attributes.get('src');
  if (url === undefined || attributes.has('nomodule') || !scriptTypes.has(type)) return undefined;
  const isModule = type === 'module';
  const isLate = isModule || attributes.has('async') || attributes.has('defer');
  return {
    url,
    as: 'script',
    ...(isModule ? corsModeOf(attributes) : modeOf(attributes)),
    ...(isLate && { fetchPriority: 'low' as const }),
    ...detailsOf(attributes),
  };
}

function ofImage({ attributes }: StartTag): PushResource | undefined {
  const url = attributes.get('src');
  const isLater = attributes.get('loading')?.toLowerCase() === 'lazy';
  if (url === undefined || isLater || isLow(attributes)) return undefined;
  return {
    url,
    as: 'image',
    ...modeOf(attributes),
    ...detailsOf(attributes),
    ...sizesOf(attributes, ''),
  };
}

type Attributes = StartTag['attributes'];

function isLow(attributes: Attributes): boolean {
  return attributes.get('fetchpriority')?.toLowerCase() === 'low';
}

function modeOf(attributes: Attributes): Pick<PushResource, 'crossorigin'> {
  return attributes.has('crossorigin') ? corsModeOf(attributes) : {};
}

/** The empty value, and any that is unknown, mean `anonymous`. */
function corsModeOf(attributes: Attributes): Pick<PushResource, 'crossorigin'> {
  const isWithCookies = attributes.get('crossorigin')?.toLowerCase() === 'use-credentials';
  return { crossorigin: isWithCookies ? 'use-credentials' : 'anonymous' };
}

function detailsOf(attributes: Attributes): Partial<PushResource> {
  const priority = attributes.get('fetchpriority')?.toLowerCase();
  const integrity = attributes.get('integrity');
  return {
    ...((priority === 'high' || priority === 'low') && { fetchPriority: priority }),
    ...(integrity !== undefined && integrity !== '' && { integrity }),
  };
}

/** @param prefix `image` for a preload, whose attributes are called `imagesrcset` and `imagesizes`. */
function sizesOf(attributes: Attributes, prefix: 'image' | ''): Partial<PushResource> {
  const imageSrcset = attributes.get(`${prefix}srcset`);
  const imageSizes = attributes.get(`${prefix}sizes`);
  if (imageSrcset === undefined) return {};
  return { imageSrcset, ...(imageSizes !== undefined && { imageSizes }) };
}
