export { createServer } from './server/create-server';
export type { HeadstartServer, ShutdownOptions } from './server/create-server';
export { overHttp2 } from './server/over-http2';
export type { App, DualListener } from './server/over-http2';
export type { ServerOptions } from './server/server-options';
export { shutdownOnSignal } from './server/shutdown-on-signal';
export { ResponseTap } from './response/response-tap';
export type { HeadersObserver } from './response/response-tap';
export type {
  BodySink,
  BodyStage,
  StageFactory,
  StagePlace,
  TappedResponse,
} from './response/body-stage';
export { HeadstartError } from './util/errors';
export type { HeadstartErrorCode } from './util/errors';
export type { Failure } from './util/diagnostics';
export type { Middleware, Next } from './util/middleware';
