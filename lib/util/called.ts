import { HeadstartError } from './errors';

/**
 * Refuses `app.use(factory)` where `app.use(factory())` was meant: Express then calls the factory
 * with a request as its first argument, and every response of the app would hang.
 *
 * @param name Name of the factory, for the message.
 * @param firstArgument What the factory got first: its options, or by mistake a request.
 * @throws HeadstartError `ERR_NOT_CALLED` when `firstArgument` looks like a request.
 */
export function refuseUncalled(name: string, firstArgument: unknown): void {
  if (typeof firstArgument !== 'object' || firstArgument === null) return;
  if (!('headers' in firstArgument) || !('method' in firstArgument)) return;
  throw new HeadstartError(
    'ERR_NOT_CALLED',
    `${name} is a factory: write app.use(${name}()), not app.use(${name})`,
  );
}
