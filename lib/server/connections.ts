import type { IncomingMessage, Server as Http1Server, ServerResponse } from 'node:http';
import type {
  Http2SecureServer,
  Http2Server,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import { constants } from 'node:http2';
import type { Socket } from 'node:net';

/**
 * The open connections of a server: HTTP/2 sessions with their streams, HTTP/1.1 sockets with the
 * number of requests they serve. Ends what is idle, and on `drain` what becomes idle.
 */
export class Connections {
  readonly #sessions = new Map<ServerHttp2Session, Set<ServerHttp2Stream>>();
  readonly #sockets = new Map<Socket, number>();
  readonly #idleTimeoutMs: number;
  #isDraining = false;

  constructor(idleTimeoutMs: number) {
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  /** Follows what arrives at `server`. */
  watchHttp2(server: Http2Server | Http2SecureServer): void {
    server.on('session', (session) => this.#addSession(session));
  }

  watchHttp1(server: Http1Server | Http2SecureServer): void {
    const onRequest = (req: IncomingMessage, res: ServerResponse) => this.#addRequest(req, res);
    server.prependListener('request', onRequest as never);
  }

  /** Follows an HTTP/1.1 connection from its beginning, before its first request. */
  addSocket(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.set(socket, 0);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Tells HTTP/2 clients to go elsewhere (GOAWAY), lets open requests finish, ends idle connections. */
  drain(): void {
    this.#isDraining = true;
    for (const session of this.#sessions.keys()) session.close();
    for (const [socket, requests] of this.#sockets) if (requests === 0) socket.destroy();
  }

  /** Ends everything now. */
  destroy(): void {
    for (const session of this.#sessions.keys()) session.destroy();
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #addSession(session: ServerHttp2Session): void {
    const streams = new Set<ServerHttp2Stream>();
    this.#sessions.set(session, streams);
    session.once('close', () => this.#sessions.delete(session));
    session.on('stream', (stream) => {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
    });
    // Without a listener an error of one client's connection would end the process.
    session.on('error', () => undefined);
    if (this.#idleTimeoutMs > 0) {
      session.setTimeout(this.#idleTimeoutMs, () => endWhatWaitsForClient(session, streams));
    }
    if (this.#isDraining) session.close();
  }

  #addRequest(req: IncomingMessage, res: ServerResponse): void {
    if (req.httpVersionMajor >= 2) return;
    const { socket } = req;
    this.addSocket(socket);
    this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + 1);
    if (this.#isDraining) res.shouldKeepAlive = false;
    res.once('close', () => {
      const requests = (this.#sockets.get(socket) ?? 1) - 1;
      if (this.#sockets.has(socket)) this.#sockets.set(socket, requests);
      if (this.#isDraining && requests === 0) socket.end();
    });
  }
}

/**
 * Nothing moved for the idle time. An idle session closes. A stream that waits for its client (to
 * read on, or to send the rest of a body) is cancelled; one whose handler is still at work stays.
 */
function endWhatWaitsForClient(
  session: ServerHttp2Session,
  streams: ReadonlySet<ServerHttp2Stream>,
): void {
  for (const stream of streams) {
    const isBodyMissing = stream.state.remoteClose !== 1;
    if (stream.writableLength > 0 || isBodyMissing) {
      stream.close(constants.NGHTTP2_CANCEL);
    }
  }
  if (streams.size === 0) session.close();
}
