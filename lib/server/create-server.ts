import { createSecureServer } from 'node:http2';
import type { Http2SecureServer, Http2Server, SecureServerOptions } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { integer, parseOptions } from '../util/options';
import { Certificate } from './certificate';
import { cleartextServer } from './cleartext';
import { Connections } from './connections';
import { limitHeaders } from './limit-headers';
import { messageClasses, type MessageClasses } from './message-classes';
import { overHttp2 } from './over-http2';
import type { App, DualListener } from './over-http2';
import { serverOptionRules } from './server-options';
import type { ServerOptions } from './server-options';
import { SessionLimits } from './session-limits';

export interface ShutdownOptions {
  /** Open requests may take this long to finish; then they are cut off. @default 10000 */
  readonly graceMs?: number;
}

/** Node's HTTP/2 server, which also ends well. */
export type HeadstartServer = (Http2SecureServer | Http2Server) & {
  /**
   * Stops accepting, tells clients (GOAWAY), lets open requests finish, ends idle connections.
   * Resolves when the last connection has ended.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
};

/** RFC 9218 section 2.1: tells clients that their `priority` header decides, and Node 20 to follow it. */
const SETTINGS_NO_RFC7540_PRIORITIES = 9;

/**
 * Makes the server of an Express or Connect app: HTTP/2 and HTTP/1.1 on one port.
 *
 * Without `key` and `cert` it uses a self-signed certificate for localhost, in development only.
 *
 * @example createServer(app).listen(8443)
 * @throws TypeError, RangeError for options that are unknown or wrong.
 * @throws HeadstartError when the certificate is missing in production or cannot be read.
 */
export function createServer(app: App, options?: ServerOptions): HeadstartServer {
  const parsed = parseOptions<ServerOptions>('createServer', options, serverOptionRules);
  const listener = limitHeaders(parsed.maxHeaderBytes, overHttp2(app));
  const connections = new Connections(parsed.idleTimeoutMs);
  const http2Options = nodeOptions(parsed, messageClasses(app));
  const server = parsed.tls
    ? secureServer(parsed, http2Options, listener, connections)
    : clearServer(parsed, http2Options, listener, connections);
  connections.watchHttp2(server);
  const limits = new SessionLimits(parsed);
  server.on('session', (session) => limits.watch(session));
  return withShutdown(server, connections);
}

function secureServer(
  options: Required<ServerOptions>,
  http2Options: NodeOptions,
  listener: DualListener,
  connections: Connections,
): Http2SecureServer {
  const certificate = new Certificate(options);
  const server = createSecureServer(
    {
      ...http2Options,
      ...http1Limits(options),
      ...certificate.load(),
      allowHTTP1: options.allowHttp1,
    } as SecureServerOptions,
    listener as never,
  );
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol !== 'h2') connections.addSocket(socket);
  });
  connections.watchHttp1(server);
  server.once('listening', () => certificate.watch((context) => server.setSecureContext(context)));
  server.once('close', () => certificate.unwatch());
  return server;
}

function clearServer(
  options: Required<ServerOptions>,
  http2Options: NodeOptions,
  listener: DualListener,
  connections: Connections,
): Http2Server {
  const { server, http1 } = cleartextServer(http2Options, http1Limits(options), listener);
  http1.on('connection', (socket) => connections.addSocket(socket));
  connections.watchHttp1(http1);
  return server;
}

type NodeOptions = ReturnType<typeof nodeOptions>;

function nodeOptions(options: Required<ServerOptions>, classes: MessageClasses) {
  return {
    ...options.node,
    maxSessionMemory: options.maxSessionMegabytes,
    maxHeaderListPairs: options.maxHeaderFields,
    streamResetBurst: options.resetBurst,
    streamResetRate: options.resetsPerSecond,
    settings: {
      ...options.node.settings,
      maxConcurrentStreams: options.maxConcurrentStreams,
      maxHeaderListSize: options.maxHeaderBytes,
      customSettings: { [SETTINGS_NO_RFC7540_PRIORITIES]: 1 },
    },
    ...(classes as object),
  };
}

function http1Limits(options: Required<ServerOptions>) {
  return {
    headersTimeout: options.headersTimeoutMs,
    requestTimeout: options.requestTimeoutMs,
    maxHeaderSize: options.maxHeaderBytes,
  };
}

function withShutdown(
  server: Http2SecureServer | Http2Server,
  connections: Connections,
): HeadstartServer {
  const stopListening = server.close.bind(server);
  /** As Node's `close`, but idle sessions do not keep it waiting (they do on Node 20 and 22). */
  server.close = (callback) => {
    stopListening(callback);
    connections.drain();
    return server;
  };
  const shutdown = async (given?: ShutdownOptions): Promise<void> => {
    const { graceMs } = parseOptions<ShutdownOptions>('shutdown', given, {
      graceMs: integer(10_000),
    });
    const cutOff = setTimeout(() => connections.destroy(), graceMs);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    clearTimeout(cutOff);
  };
  return Object.assign(server, { shutdown });
}
