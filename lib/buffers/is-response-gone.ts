import type { ServerResponse } from 'node:http';

/** What an HTTP/2 response has and an HTTP/1.1 response has not. */
interface OverStream {
  readonly stream?: { readonly destroyed: boolean };
}

/** True once a response was torn down: after that, Node's callbacks no longer mean "written". */
export function isResponseGone(res: ServerResponse & OverStream): boolean {
  return res.destroyed || res.stream?.destroyed === true;
}
