import type { PreparedHeaders } from '../util/prepared-headers';

export type HeaderList = readonly (readonly [name: string, value: string | readonly string[]])[];

/** The headers of a stored response, sorted once by how they are set on each that it answers. */
export interface Prepared {
  readonly single: PreparedHeaders;
  /** What middleware before the cache set is joined to it. */
  readonly vary: string | undefined;
  readonly lists: readonly (readonly [name: string, values: readonly string[]])[];
}

export function prepare(headers: HeaderList): Prepared {
  const single: Record<string, string> = {};
  const lists: [string, readonly string[]][] = [];
  let vary: string | undefined;
  for (const [name, value] of headers) {
    if (name === 'vary') vary = String(value);
    else if (typeof value === 'string') single[name] = value;
    else lists.push([name, value]);
  }
  return { single, vary, lists };
}
