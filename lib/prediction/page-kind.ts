/**
 * What a page has in common with its siblings, for sites whose route patterns are not known: its
 * folder, with numbers as `#`, and the extension. `/product/17` and `/product/18` are one kind.
 */
export function pageKind(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  const slash = path.lastIndexOf('/', end - 1);
  const dot = path.lastIndexOf('.', end);
  const folder = path.slice(0, slash + 1).replace(/\d+/g, '#');
  const extension = dot > slash ? path.slice(dot, end) : '';
  const rest = path.slice(end) + (query === -1 ? '' : '?');
  return path === '/' ? rest : `${folder}*${extension}${rest}`;
}
