import connect from 'connect';
import { expectTypeOf } from 'expect-type';
import express from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import {
  createServer,
  headstart,
  multiplexing,
  overHttp2,
  priority,
  push,
  rateLimiter,
  serverPush,
  zeroCopy,
} from '../../lib/index';
import type {
  carriesSecrets,
  dynamicCompression,
  responseCache,
  CompressionOptions,
  FlowControlOptions,
  HeadstartError,
  HeadstartErrorCode,
  HeadstartOptions,
  HeadstartServer,
  Middleware,
  MultiplexingOptions,
  PredictorOptions,
  RateLimiterOptions,
  RateLimitsOptions,
  ResponseCacheOptions,
  ServerOptions,
  SecretsOptions,
  ServerPushOptions,
  ShutdownOptions,
  ZeroCopyBufferPoolOptions,
  ZeroCopyOptions,
} from '../../lib/index';

// Judged by `npm run typecheck`; when jest runs this file, only the calls of factories happen.

/** What a factory takes; an error for a factory that must be given something. */
type Given<F extends (options?: never) => Middleware> = Parameters<F>[0];

/** Every member optional and readonly, in the eyes of a compiler that tells `?` from `undefined`. */
type Options<T> = { readonly [K in keyof T]?: T[K] };

describe('options', () => {
  it('are optional and readonly', () => {
    expectTypeOf<HeadstartOptions>().toEqualTypeOf<Options<HeadstartOptions>>();
    expectTypeOf<ServerOptions>().toEqualTypeOf<Options<ServerOptions>>();
    expectTypeOf<ShutdownOptions>().toEqualTypeOf<Options<ShutdownOptions>>();
    expectTypeOf<ResponseCacheOptions>().toEqualTypeOf<Options<ResponseCacheOptions>>();
    expectTypeOf<ServerPushOptions>().toEqualTypeOf<Options<ServerPushOptions>>();
    expectTypeOf<PredictorOptions>().toEqualTypeOf<Options<PredictorOptions>>();
    expectTypeOf<CompressionOptions>().toEqualTypeOf<Options<CompressionOptions>>();
    expectTypeOf<SecretsOptions>().toEqualTypeOf<Options<SecretsOptions>>();
    expectTypeOf<ZeroCopyOptions>().toEqualTypeOf<Options<ZeroCopyOptions>>();
    expectTypeOf<ZeroCopyBufferPoolOptions>().toEqualTypeOf<Options<ZeroCopyBufferPoolOptions>>();
    expectTypeOf<MultiplexingOptions>().toEqualTypeOf<Options<MultiplexingOptions>>();
    expectTypeOf<FlowControlOptions>().toEqualTypeOf<Options<FlowControlOptions>>();
    expectTypeOf<RateLimitsOptions>().toEqualTypeOf<Options<RateLimitsOptions>>();
  });

  it('may be left out altogether', () => {
    expectTypeOf<Given<typeof headstart>>().toEqualTypeOf<HeadstartOptions | undefined>();
    expectTypeOf<Given<typeof serverPush>>().toEqualTypeOf<ServerPushOptions | undefined>();
    expectTypeOf<Given<typeof dynamicCompression>>().toEqualTypeOf<
      CompressionOptions | null | undefined
    >();
    expectTypeOf<Given<typeof carriesSecrets>>().toEqualTypeOf<SecretsOptions | undefined>();
    expectTypeOf<Given<typeof responseCache>>().toEqualTypeOf<ResponseCacheOptions | undefined>();
    expectTypeOf<Given<typeof zeroCopy>>().toEqualTypeOf<ZeroCopyOptions | undefined>();
    expectTypeOf<Given<typeof multiplexing>>().toEqualTypeOf<MultiplexingOptions | undefined>();
    expectTypeOf(createServer).toBeCallableWith(express());
  });

  it('refuse unknown names and wrong types', () => {
    // @ts-expect-error an unknown name
    expectTypeOf<{ maxPoolByte: 1 }>().toExtend<ZeroCopyOptions>();
    // @ts-expect-error a wrong type
    expectTypeOf<{ tls: 'yes' }>().toExtend<ServerOptions>();
  });
});

describe('middleware', () => {
  it('is middleware of Express', () => {
    const app = express();
    app.use(headstart(), serverPush(), zeroCopy(), multiplexing());
    app.use(rateLimiter<express.Request>({ keyGenerator: (req) => String(req.get('x-user')) }));
    expectTypeOf<RateLimiterOptions>().toHaveProperty('limit');
    app.get('/', push('/app.css'), priority({ urgency: 1 }), (_req, res) => res.send('ok'));
    expectTypeOf<Middleware>().toExtend<RequestHandler>();
    expectTypeOf<Middleware>().not.toExtend<ErrorRequestHandler>();
  });

  it('is middleware of Connect', () => {
    const app = connect();
    app.use(headstart());
    expectTypeOf<Middleware>().toExtend<connect.NextHandleFunction>();
  });
});

describe('createServer and overHttp2', () => {
  it('take every kind of app', () => {
    expectTypeOf(createServer).toBeCallableWith(express());
    expectTypeOf(createServer).toBeCallableWith(connect());
    expectTypeOf(createServer).toBeCallableWith((req: IncomingMessage, res: ServerResponse) => {
      res.end(req.url);
    });
    expectTypeOf(overHttp2).toBeCallableWith(express());
  });

  it("give Node's server with shutdown", () => {
    expectTypeOf<HeadstartServer>().toExtend<Http2Server | Http2SecureServer>();
    expectTypeOf<HeadstartServer['shutdown']>().returns.resolves.toBeVoid();
  });
});

describe('HeadstartError', () => {
  it('has a code of a known list', () => {
    expectTypeOf<HeadstartError>().toExtend<Error>();
    expectTypeOf<HeadstartError['code']>().toEqualTypeOf<HeadstartErrorCode>();
    expectTypeOf<HeadstartErrorCode>().not.toEqualTypeOf<string>();
  });
});
