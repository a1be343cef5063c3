/**
 * Words that name an action rather than a thing. Fetching such a path early, for a user who may
 * never ask for it, could log somebody out or confirm something.
 */
export const actionWords: readonly string[] = (
  'logout logoff signout signoff delete remove destroy unsubscribe cancel confirm verify ' +
  'activate deactivate revoke reset approve reject accept decline add buy pay purchase checkout ' +
  'subscribe follow unfollow vote like oauth saml sso callback'
).split(' ');

const actions: ReadonlySet<string> = new Set(actionWords);

/** Two neighbours in one segment that together are an action: `/log-out`, `/sign_off.php`. */
const verbs: ReadonlySet<string> = new Set(['log', 'sign', 'opt']);
const particles: ReadonlySet<string> = new Set(['out', 'off']);

/**
 * True for paths that must never be fetched on a guess, such as `/logout` or `/cart/42/delete`.
 *
 * @param path Path with or without query string.
 * @param extra What the application adds: a path and everything below it, or a pattern.
 */
export function isUnsafePath(path: string, extra: readonly (string | RegExp)[] = []): boolean {
  const query = path.indexOf('?');
  const bare = (query < 0 ? path : path.slice(0, query)).toLowerCase();
  if (decoded(bare).split('/').some(isAction)) return true;
  return extra.some((one) => (typeof one === 'string' ? isBelow(path, one) : test(one, path)));
}

/** Only the first word counts, so that `/css/reset.css` is safe only by its extension. */
function isAction(segment: string): boolean {
  if (staticFile.test(segment)) return false;
  const [first = '', second = ''] = segment.split(/[-_.]/, 2);
  return actions.has(first) || (verbs.has(first) && particles.has(second));
}

/** Files whose names are no actions even if they sound so: `reset.css`, `checkout.js`. */
const staticFile = /\.(?:css|m?js|woff2?|ttf|otf|png|jpe?g|gif|svg|webp|avif|ico|wasm)$/;

function isBelow(path: string, root: string): boolean {
  if (!path.startsWith(root)) return false;
  const next = path.charAt(root.length);
  return next === '' || next === '/' || next === '?' || root.endsWith('/');
}

/** A global or sticky expression remembers where it stopped; every question starts anew. */
function test(expression: RegExp, path: string): boolean {
  expression.lastIndex = 0;
  return expression.test(path);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
