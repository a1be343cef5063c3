export { headstart } from './headstart';
export type { Headstart, HeadstartOptions } from './headstart';

export { createServer } from './server/create-server';
export type { HeadstartServer, ShutdownOptions } from './server/create-server';
export { overHttp2 } from './server/over-http2';
export type { App, DualListener } from './server/over-http2';
export type { ServerOptions } from './server/server-options';
export { shutdownOnSignal } from './server/shutdown-on-signal';

export { push } from './delivery/push';
export { serverPush } from './delivery/server-push';
export type { ServerPushMiddleware } from './delivery/server-push';
export type { Delivered, DeliveryMeans } from './delivery/page-delivery';
export { ServerPushManager } from './delivery/server-push-manager';
export type { Learned } from './delivery/server-push-manager';
export type { ServerPushOptions } from './delivery/server-push-options';

export { CommonPushRules } from './prediction/common-push-rules';
export { IntelligentPushPredictor } from './prediction/intelligent-push-predictor';
export type {
  PageVisit,
  PredictorOptions,
  ResourceUse,
} from './prediction/intelligent-push-predictor';
export type { PushResource, PushRule } from './prediction/push-rule';
export type { Prediction } from './prediction/prediction';
export type { ResourceKind } from './prediction/resource-kind';

export { multiplexing } from './multiplexing/multiplexing';
export type { MultiplexingMiddleware, MultiplexingOptions } from './multiplexing/multiplexing';
export { FlowControlManager } from './multiplexing/flow-control-manager';
export type { FlowControlOptions, FlowControlStats } from './multiplexing/flow-control-manager';
export { HTTP2MultiplexingManager } from './multiplexing/http2-multiplexing-manager';
export type { MultiplexingStats } from './multiplexing/http2-multiplexing-manager';
export type { SessionStats } from './multiplexing/gate-stats';
export { priority, setPriority } from './multiplexing/priority';
export type { PrioritizedResponse } from './multiplexing/priority';
export type { PriorityOverride } from './multiplexing/priority-override';
export { PriorityScheduler } from './multiplexing/priority-scheduler';
export type { StreamPriority } from './multiplexing/stream-priority';

export { SharedBuffer } from './buffers/shared-buffer';
export { zeroCopy } from './buffers/zero-copy';
export type { ZeroCopyMiddleware, ZeroCopyOptions } from './buffers/zero-copy';
export { ZeroCopyBufferPool } from './buffers/zero-copy-buffer-pool';
export type {
  BufferPoolStats,
  PooledBuffer,
  ZeroCopyBufferPoolOptions,
} from './buffers/zero-copy-buffer-pool';
export { ZeroCopyResponseBuilder } from './buffers/zero-copy-response-builder';
export { ZeroCopyStreamHandler } from './buffers/zero-copy-stream-handler';

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
