import type { ServerResponse } from 'node:http';
import { refuseUncalled } from '../util/called';
import type { Middleware } from '../util/middleware';
import { integer, parseOptions, type OptionRule, type OptionRules } from '../util/options';
import { overridePriority, type PriorityOverride } from './priority-override';

const optional = <T>(rule: OptionRule<T>): OptionRule<T | undefined> => ({
  ...rule,
  fallback: undefined,
});

const rules: OptionRules<PriorityOverride> = {
  urgency: optional(integer(0, 0, 7)),
  incremental: {
    expected: 'a boolean',
    fallback: undefined,
    accepts: (value) => typeof value === 'boolean',
  },
  weight: optional(integer(1, 1, 256)),
};

/**
 * Sets the priority of the responses of a route; stronger than what the client asked for.
 * What is left out stays as the client's signals say.
 *
 * @example
 * app.get('/export.csv', priority({ urgency: 6, incremental: true }), sendExport);
 */
export function priority(options: PriorityOverride): Middleware {
  refuseUncalled('priority', options);
  const override = parseOptions<PriorityOverride>('priority', options, rules);

  return function priorityMiddleware(_req, res, next) {
    overridePriority(res, override);
    next();
  };
}

/**
 * Sets the priority of one response; works while it is being sent too.
 *
 * @throws TypeError or RangeError for an invalid value.
 */
export function setPriority(res: ServerResponse, options: PriorityOverride): void {
  overridePriority(res, parseOptions<PriorityOverride>('setPriority', options, rules));
}

/** What `multiplexing()` adds to responses. */
export interface PrioritizedResponse {
  /** The same as {@link setPriority}. Does nothing over HTTP/1.1. */
  priority(options: PriorityOverride): void;
}

/**
 * Gives a response its `priority` method, unless it has something of that name. Express has an object
 * by which an app extends its responses: there it is set once, and not on every response.
 */
export function addPriority(res: ServerResponse & Partial<PrioritizedResponse>): void {
  if ('priority' in res) return;
  const prototype = Object.getPrototypeOf(res) as Partial<PrioritizedResponse>;
  const home = 'app' in prototype ? prototype : res;
  home.priority = setOwnPriority;
}

function setOwnPriority(this: ServerResponse, options: PriorityOverride): void {
  setPriority(this, options);
}
