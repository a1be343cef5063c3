import type { ServerResponse } from 'node:http';

/** Headers by lower-case name that Node has accepted on another response before. */
export type PreparedHeaders = Readonly<Record<string, string>>;

/**
 * A method of responses of ours: sets prepared headers without a look at each.
 *
 * @returns False if it cannot, and has not.
 */
export const kSetPrepared = Symbol('headstart.setPrepared');

type Preparable = ServerResponse & {
  readonly [kSetPrepared]?: (headers: PreparedHeaders) => boolean;
};

/** Sets headers that were checked before, as `setHeader` does one by one. */
export function setPrepared(res: Preparable, headers: PreparedHeaders): void {
  if (res[kSetPrepared]?.(headers) === true) return;
  for (const name in headers) res.setHeader(name, headers[name] as string);
}
