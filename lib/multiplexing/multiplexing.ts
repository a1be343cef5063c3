import type { ServerHttp2Stream } from 'node:http2';
import { ResponseTap } from '../response/response-tap';
import { refuseUncalled } from '../util/called';
import { reportFailure } from '../util/diagnostics';
import type { Middleware } from '../util/middleware';
import { parseOptions } from '../util/options';
import {
  FlowControlManager,
  flowControlRules,
  type FlowControlOptions,
} from './flow-control-manager';
import { HTTP2MultiplexingManager } from './http2-multiplexing-manager';
import { addPriority } from './priority';
import { declarePriority } from './priority-override';

export type MultiplexingOptions = FlowControlOptions;

export interface MultiplexingMiddleware extends Middleware {
  /** Who sends next; for statistics. */
  readonly manager: HTTP2MultiplexingManager;
  /** Windows of uploads; for statistics. */
  readonly flowControl: FlowControlManager;
}

/**
 * Sends the responses of an HTTP/2 session in order of priority, and widens receive windows for
 * uploads. HTTP/1.1 responses pass untouched.
 *
 * @example
 * app.use(multiplexing());
 */
export function multiplexing(options?: MultiplexingOptions): MultiplexingMiddleware {
  refuseUncalled('multiplexing', options);
  const parsed = parseOptions<MultiplexingOptions>('multiplexing', options, flowControlRules);
  const manager = new HTTP2MultiplexingManager();
  const flowControl = new FlowControlManager(parsed);

  const multiplexingMiddleware: Middleware = (req, res, next) => {
    addPriority(res);
    if (req.httpVersionMajor === 2) {
      try {
        declarePriority(res);
        ResponseTap.of(res).use('gate', manager.gate);
        const { stream } = req as typeof req & { readonly stream?: ServerHttp2Stream };
        manager.observe(req, res);
        if (stream !== undefined) flowControl.observe(stream, req.headers['content-length']);
      } catch (error) {
        reportFailure('multiplexing', error);
      }
    }
    next();
  };
  return Object.assign(multiplexingMiddleware, { manager, flowControl });
}
