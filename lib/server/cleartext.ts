import { createServer as createHttp1Server } from 'node:http';
import type { RequestListener, Server as Http1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Http2Server, ServerOptions as NodeHttp2Options } from 'node:http2';
import type { Socket } from 'node:net';
import type { DualListener } from './over-http2';

/** How an HTTP/2 connection begins (RFC 9113 section 3.4); no HTTP/1.1 method does. */
const preface = Buffer.from('PRI * HTTP/2.0');

/** A client must say within this time which protocol it speaks. */
const firstBytesTimeoutMs = 10_000;

export interface CleartextServers {
  readonly server: Http2Server;
  /** Serves the HTTP/1.1 connections of `server`; never listens itself. */
  readonly http1: Http1Server;
}

/** A server that tells h2c with prior knowledge from HTTP/1.1 by the first bytes of a connection. */
export function cleartextServer(
  options: NodeHttp2Options,
  http1Options: {
    readonly headersTimeout: number;
    readonly requestTimeout: number;
    maxHeaderSize: number;
  },
  listener: DualListener,
): CleartextServers {
  const server = createHttp2Server(options, listener as never);
  const http1 = createHttp1Server(http1Options, listener as RequestListener);
  const [acceptHttp2] = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    detect(socket, (isHttp2) => {
      if (isHttp2) acceptHttp2?.call(server, socket);
      else http1.emit('connection', socket);
    });
  });
  forwardUpgrades(http1, server);
  // Starts and ends Node's checks of the HTTP/1.1 timeouts.
  server.on('listening', () => http1.emit('listening'));
  server.on('close', () => http1.close());
  return { server, http1 };
}

function detect(socket: Socket, decide: (isHttp2: boolean) => void): void {
  const giveUp = () => socket.destroy();
  socket.on('error', giveUp);
  socket.setTimeout(firstBytesTimeoutMs, giveUp);
  let seen: Buffer = Buffer.alloc(0);
  socket.on('readable', function onReadable() {
    const bytes = socket.read() as Buffer | null;
    if (bytes === null) return;
    seen = Buffer.concat([seen, bytes]);
    const known = Math.min(seen.length, preface.length);
    const isPrefix = seen.compare(preface, 0, known, 0, known) === 0;
    if (isPrefix && known < preface.length) return;
    socket.off('readable', onReadable);
    socket.off('error', giveUp);
    socket.setTimeout(0);
    socket.off('timeout', giveUp);
    socket.unshift(seen);
    decide(isPrefix);
  });
}

/** Node refuses upgrades on a server without a listener for them, so the listener comes with its owner's. */
function forwardUpgrades(http1: Http1Server, server: Http2Server): void {
  server.on('newListener', (event: string) => {
    if (event !== 'upgrade' || http1.listenerCount('upgrade') > 0) return;
    http1.on('upgrade', (...parts) => server.emit('upgrade', ...parts));
  });
}
