import type { OutgoingHttpHeaders } from 'node:http';

/** The forms in which `writeHead` takes headers: an object, a flat list, or a list of pairs. */
export type HeadersArgument =
  | OutgoingHttpHeaders
  | readonly string[]
  | readonly (readonly [string, string | readonly string[]])[];

interface HeaderTable {
  setHeader(name: string, value: string): unknown;
  appendHeader(name: string, value: string): unknown;
  removeHeader(name: string): void;
}

/** Sets headers as `writeHead` does: they replace earlier ones; doubles within a list stay. */
export function mergeHeaders(res: HeaderTable, headers: HeadersArgument): void {
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value as string);
    return;
  }
  const pairs = (Array.isArray(headers[0]) ? headers : pairUp(headers)) as [string, string][];
  for (const [name] of pairs) res.removeHeader(name);
  for (const [name, value] of pairs) res.appendHeader(name, value);
}

function pairUp(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs;
}
