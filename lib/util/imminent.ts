import type { ServerResponse } from 'node:http';

const kImminent = Symbol('headstart.imminent');

type Marked = ServerResponse & { [kImminent]?: true };

/** Says that a page that is fetched ahead is about to be opened: the pointer rests on its link. */
export function markImminent(res: ServerResponse): void {
  (res as Marked)[kImminent] = true;
}

export function isImminent(res: ServerResponse): boolean {
  return (res as Marked)[kImminent] === true;
}
