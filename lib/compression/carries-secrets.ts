import type { ServerResponse } from 'node:http';
import { refuseUncalled } from '../util/called';
import type { Middleware } from '../util/middleware';
import { oneOf, parseOptions } from '../util/options';

/** How the length of a response is kept from telling what is in it. */
export type SecretsGuard = 'skip' | 'pad';

export interface SecretsOptions {
  /**
   * `'skip'`: the response is not compressed, so that its length tells nothing. `'pad'`: it is
   * compressed with gzip, or not at all, and up to 256 random bytes are added: an attack takes many
   * more requests, but is not impossible.
   *
   * @default 'skip'
   */
  readonly guard?: SecretsGuard;
}

const kGuard = Symbol('headstart.secretsGuard');

type Guarded = ServerResponse & { [kGuard]?: SecretsGuard };

/**
 * Marks the responses of a route as carrying secrets beside what the request says, such as a token in
 * a page that repeats the search. Compressed, the length of such a page tells who watches the line
 * how much of a guess was right (BREACH, Gluck, Harris, Prado 2013).
 *
 * @example app.get('/account', carriesSecrets(), handler)
 * @throws TypeError for a bad option.
 * @throws HeadstartError `ERR_NOT_CALLED` when it was mounted without being called.
 */
export function carriesSecrets(options?: SecretsOptions): Middleware {
  refuseUncalled('carriesSecrets', options);
  const { guard } = parseOptions<SecretsOptions>('carriesSecrets', options, {
    guard: oneOf(['skip', 'pad'], 'skip'),
  });
  return function carriesSecretsMiddleware(_req, res, next) {
    (res as Guarded)[kGuard] = guard;
    next();
  };
}

/** What was asked for a response. */
export function guardOf(res: ServerResponse): SecretsGuard | undefined {
  return (res as Guarded)[kGuard];
}
