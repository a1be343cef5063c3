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
export type { Delivered } from './delivery/page-delivery';
export { ServerPushManager } from './delivery/server-push-manager';
export type { Learned } from './delivery/server-push-manager';
export type { ServerPushOptions } from './delivery/server-push-options';
export { clearSpeculations } from './delivery/speculation/clear-speculations';
export type { AccuracyStats, HourlyAccuracy } from './delivery/statistics/accuracy';
export type {
  DeliveryMeans,
  DeliveryStats,
  MeansStats,
  StatsByMeans,
} from './delivery/statistics/delivery-ledger';

export { CommonPushRules } from './prediction/common-push-rules';
export { IntelligentPushPredictor } from './prediction/intelligent-push-predictor';
export type {
  PageVisit,
  PredictorOptions,
  ResourceUse,
} from './prediction/intelligent-push-predictor';
export type { PushResource, PushRule, RuleRequest } from './prediction/push-rule';
export type { Prediction } from './prediction/prediction';
export type { ResourceKind } from './prediction/resource-kind';

export { ipKeyGenerator } from './limits/ip-key-generator';
export type { LimitedRequest, LimitedResponse } from './limits/limited-request';
export type {
  LimiterLogger,
  LimiterValidation,
  RateLimiterOptions,
} from './limits/limiter-options';
export { rateLimiter } from './limits/rate-limiter';
export type { RateLimiterMiddleware } from './limits/rate-limiter';
export type { RateLimitInfo } from './limits/rate-limit-info';
export type { LegacyRateLimitStore, RateLimitStore, StoredHits } from './limits/rate-limit-store';
export { RateLimits } from './limits/rate-limits';
export type { KeyQuota } from './limits/rate-limits';
export type { LimitAlgorithm, RateLimitsOptions } from './limits/rate-limits-options';

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

export { responseCache } from './cache/response-cache';
export type { ResponseCacheMiddleware } from './cache/response-cache';
export type { ResponseCacheOptions } from './cache/cache-options';
export type { CacheStats } from './cache/cache-stats';
export { SharedCache } from './cache/shared-cache';
export type { CachedResponse } from './cache/shared-cache';

export type { PooledBuffer } from './buffers/pooled-buffer';
export { SharedBuffer } from './buffers/shared-buffer';
export { zeroCopy } from './buffers/zero-copy';
export type { ZeroCopyMiddleware, ZeroCopyOptions } from './buffers/zero-copy';
export { ZeroCopyBufferPool } from './buffers/zero-copy-buffer-pool';
export type { BufferPoolStats, ZeroCopyBufferPoolOptions } from './buffers/zero-copy-buffer-pool';
export { ZeroCopyResponseBuilder } from './buffers/zero-copy-response-builder';
export { ZeroCopyStreamHandler } from './buffers/zero-copy-stream-handler';

export { AuthError } from './auth/auth-error';
export type { OAuthErrorCode } from './auth/auth-error';
export type { LazyAuthOptions, Refuse, SharedLog } from './auth/auth-options';
export type { AuthScheme, Verify } from './auth/auth-scheme';
export type { AuthSession } from './auth/auth-session';
export type { AuthStats } from './auth/authenticator';
export { bearerToken } from './auth/bearer-token';
export { cookieToken } from './auth/cookie-token';
export { lazyAuth } from './auth/lazy-auth';
export type { LazyAuth } from './auth/lazy-auth';
export type { RequestAuth } from './auth/request-auth';
export { requireAuth } from './auth/require-auth';
export { requireScope } from './auth/require-scope';
export type { Revocation } from './auth/revocation';
export type { SchemeOptions } from './auth/scheme-options';

export { RedisLog } from './stores/redis-log';
export type { RedisClient, RedisLogOptions } from './stores/redis-log';
export { carriesSecrets } from './compression/carries-secrets';
export type { SecretsGuard, SecretsOptions } from './compression/carries-secrets';
export { dynamicCompression } from './compression/dynamic-compression';
export type { DynamicCompressionMiddleware } from './compression/dynamic-compression';
export type { CompressionFilter, CompressionOptions } from './compression/compression-options';
export type { CompressionStats } from './compression/compression-stats';
export type { DictionaryOptions } from './compression/dictionary-options';

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
