import type { PushResource } from '../../prediction/push-rule';
import { kindOfPath } from '../../prediction/resource-kind';

/** Printable ASCII without the characters RFC 3986 keeps out of a URL. */
const unquotable = /[^\x21-\x7e]|["<>\\^`{|}]/gu;
const controls = /\p{Cc}/u;
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;
/** What may stand between quotes (RFC 9110 section 5.6.4) without a backslash. */
const quotable = /^[ !#-[\]-~]+$/;
const attributes = [
  ['integrity', 'integrity'],
  ['imagesrcset', 'imageSrcset'],
  ['imagesizes', 'imageSizes'],
] as const;

/**
 * Formats one preload link (RFC 8288), for a 103 or a final response. The result is ASCII.
 *
 * @returns `undefined` for what cannot be said safely or truthfully: a URL with control characters
 *   or neither path nor http(s), or a resource whose kind nobody knows.
 * @example formatPreload({ url: '/app.css' }) // '</app.css>; rel=preload; as=style'
 */
export function formatPreload(resource: PushResource): string | undefined {
  const url = linkTarget(resource.url);
  const as = resource.as ?? kindOfPath(resource.url);
  if (url === undefined || as === undefined) return undefined;
  let link = `<${url}>; rel=preload; as=${as}${crossOrigin(resource, as)}`;
  if (resource.type !== undefined && mediaType.test(resource.type)) {
    link += `; type="${resource.type}"`;
  }
  const priority = resource.fetchPriority;
  if (priority === 'high' || priority === 'low') link += `; fetchpriority=${priority}`;
  for (const [name, attribute] of attributes) {
    const value = resource[attribute];
    if (value === undefined) continue;
    if (!quotable.test(value)) return undefined;
    link += `; ${name}="${value}"`;
  }
  return link;
}

/**
 * Formats one link (RFC 8288) to what a page to come will need; browsers fetch it when there is
 * nothing else to do, and keep it as its response says.
 *
 * @returns `undefined` for what cannot be said, as {@link formatPreload} does.
 */
export function formatPrefetch(resource: PushResource): string | undefined {
  const url = linkTarget(resource.url);
  const as = resource.as ?? kindOfPath(resource.url);
  if (url === undefined || as === undefined) return undefined;
  return `<${url}>; rel=prefetch; as=${as}${crossOrigin(resource, as)}`;
}

/** The URL with everything encoded that could end the `<…>` or the header. */
function linkTarget(url: string): string | undefined {
  const isPath = url.startsWith('/') && !url.startsWith('//') && !url.startsWith('/\\');
  if (!isPath && !/^https?:\/\/[^/]/i.test(url)) return undefined;
  if (controls.test(url)) return undefined;
  try {
    return url.replace(unquotable, (character) => encodeURIComponent(character));
  } catch {
    return undefined; // Half a surrogate pair is no text.
  }
}

/**
 * The preload must be requested in the same mode as the real use, or the browser fetches twice.
 * Fonts are always fetched with CORS, anonymously (CSS Fonts 4, section 4.9), and so is `fetch()`.
 */
function crossOrigin(resource: PushResource, as: string): string {
  const { crossorigin } = resource;
  if (crossorigin === 'use-credentials') return '; crossorigin="use-credentials"';
  const isCors = as === 'font' || as === 'fetch' || crossorigin === 'anonymous';
  return isCors ? '; crossorigin' : '';
}
